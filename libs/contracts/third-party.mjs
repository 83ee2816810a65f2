// Lays the third-party proto files that our contracts import into third_party/: Google's from the package google-gax,
// buf/validate from the descriptor inside @bufbuild/protovalidate, which is the only form in which npm carries it.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';

const SCALARS = ['', 'double', 'float', 'int64', 'uint64', 'int32', 'fixed64', 'fixed32', 'bool', 'string', '', '', 'bytes', 'uint32', '', 'sfixed32', 'sfixed64', 'sint32', 'sint64'];
const LABELS = { 1: 'optional', 2: 'required', 3: 'repeated' };

/** The source text of a proto2 file descriptor, without the values of its own options: nothing of ours reads them. */
function print(file) {
  const field = (f) => {
    const type = f.typeName ? f.typeName : SCALARS[f.type];
    return `${f.oneofIndex !== undefined && hasOneof(f) ? '' : `${LABELS[f.label]} `}${type} ${f.name} = ${f.number};`;
  };
  const hasOneof = (f) => Object.hasOwn(f, 'oneofIndex');
  const extensionsOf = (list) => list.map((f) => `extend ${f.extendee} { ${field(f)} }`);
  const enumeration = (e) => [`enum ${e.name} {`, ...e.value.map((v) => `${v.name} = ${v.number};`), '}'];
  const message = (m) => [
    `message ${m.name} {`,
    ...m.enumType.flatMap(enumeration),
    ...m.nestedType.flatMap(message),
    ...m.field.filter((f) => !hasOneof(f)).map(field),
    ...m.oneofDecl.flatMap((o, i) => [`oneof ${o.name} {`, ...m.field.filter((f) => hasOneof(f) && f.oneofIndex === i).map(field), '}']),
    ...m.extensionRange.map((r) => `extensions ${r.start} to ${r.end > 536870911 ? 'max' : r.end - 1};`),
    ...extensionsOf(m.extension),
    '}',
  ];
  return [
    `syntax = "proto2";`,
    `package ${file.package};`,
    ...file.dependency.map((d) => `import "${d}";`),
    ...extensionsOf(file.extension),
    ...file.enumType.flatMap(enumeration),
    ...file.messageType.flatMap(message),
    '',
  ].join('\n');
}

export async function layThirdParty(target) {
  const google = join(dirname(fileURLToPath(import.meta.resolve('google-gax'))), '../protos');
  for (const path of ['google/api/annotations.proto', 'google/api/http.proto', 'google/api/httpbody.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'])
    cpSync(join(google, path), join(target, path), { recursive: true });
  const { file_buf_validate_validate: validate } = await import('@bufbuild/protovalidate/gen/buf/validate/validate_pb.js');
  mkdirSync(join(target, 'buf/validate'), { recursive: true });
  writeFileSync(join(target, 'buf/validate/validate.proto'), print(validate.proto));
}
