import type { DescEnum, DescEnumValue, DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';

// field numbers of descriptor.proto, of which the paths of source info are made
const MESSAGES_OF_FILE = 4;
const ENUMS_OF_FILE = 5;
const SERVICES_OF_FILE = 6;
const METHODS_OF_SERVICE = 2;
const FIELDS_OF_MESSAGE = 2;
const MESSAGES_OF_MESSAGE = 3;
const ENUMS_OF_MESSAGE = 4;
const VALUES_OF_ENUM = 2;

type Path = readonly number[];
type Described = DescMessage | DescField | DescEnum | DescEnumValue | DescService | DescMethod;

const commentsOfFile = new WeakMap<DescFile, ReadonlyMap<string, string>>();

function commentsIn(file: DescFile): ReadonlyMap<string, string> {
  let comments = commentsOfFile.get(file);
  if (!comments) {
    comments = new Map((file.proto.sourceCodeInfo?.location ?? []).map((location) => [location.path.join('.'), location.leadingComments]));
    commentsOfFile.set(file, comments);
  }
  return comments;
}

function pathOfMessage(message: DescMessage): Path {
  return message.parent
    ? [...pathOfMessage(message.parent), MESSAGES_OF_MESSAGE, message.parent.proto.nestedType.indexOf(message.proto)]
    : [MESSAGES_OF_FILE, message.file.proto.messageType.indexOf(message.proto)];
}

function pathOfEnum(type: DescEnum): Path {
  return type.parent
    ? [...pathOfMessage(type.parent), ENUMS_OF_MESSAGE, type.parent.proto.enumType.indexOf(type.proto)]
    : [ENUMS_OF_FILE, type.file.proto.enumType.indexOf(type.proto)];
}

function pathOfService(service: DescService): Path {
  return [SERVICES_OF_FILE, service.file.proto.service.indexOf(service.proto)];
}

function pathOf(described: Described): Path {
  switch (described.kind) {
    case 'message':
      return pathOfMessage(described);
    case 'field':
      return [...pathOfMessage(described.parent), FIELDS_OF_MESSAGE, described.parent.proto.field.indexOf(described.proto)];
    case 'enum':
      return pathOfEnum(described);
    case 'enum_value':
      return [...pathOfEnum(described.parent), VALUES_OF_ENUM, described.parent.proto.value.indexOf(described.proto)];
    case 'service':
      return pathOfService(described);
    case 'rpc':
      return [...pathOfService(described.parent), METHODS_OF_SERVICE, described.parent.proto.method.indexOf(described.proto)];
  }
}

function fileOf(described: Described): DescFile {
  return 'file' in described ? described.file : described.parent.file;
}

/** The comment above a declaration in its contract, a line per paragraph; empty where there is none. */
export function commentOf(described: Described): string {
  const comment = commentsIn(fileOf(described)).get(pathOf(described).join('.')) ?? '';
  return comment
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s*\n\s*/g, ' '))
    .join('\n\n');
}

/** The first sentence of a comment, without its full stop. */
export function firstSentenceOf(comment: string): string {
  return /^.+?(?=\.(?:\s|$))/s.exec(comment)?.[0] ?? comment;
}
