import { create, createFileRegistry } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { type Rpc, registry } from '@naru/contracts/registry';

const file = create(FileDescriptorProtoSchema, {
  name: 'naru/test/v1/file_service.proto',
  package: 'naru.test.v1',
  syntax: 'proto3',
  dependency: ['google/api/httpbody.proto'],
  messageType: [{ name: 'GetFileRequest', field: [{ name: 'file_id', jsonName: 'fileId', number: 1, type: FieldDescriptorProto_Type.STRING, label: FieldDescriptorProto_Label.OPTIONAL }] }],
  service: [{ name: 'FileService', method: [{ name: 'GetFile', inputType: '.naru.test.v1.GetFileRequest', outputType: '.google.api.HttpBody' }] }],
});
const service = createFileRegistry(file, (name) => registry.getFile(name)).getService('naru.test.v1.FileService')!;

/** An rpc that answers a document, as a contract would declare it. */
export const FILE_RPC: Rpc = {
  path: '/naru.test.v1.FileService/GetFile',
  service: 'test',
  method: service.methods[0]!,
  access: { permission: '', scope: 'PUBLIC', resource: '', idempotencyKey: false },
  http: { verb: 'GET', template: '/v1/files/{file_id}', body: '', responseBody: '' },
};
