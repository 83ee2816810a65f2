import { BlockList, isIP, isIPv4 } from 'node:net';

const PREFIX = /^(.+)\/(\d{1,3})$/;

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** Whether a text is an address, or a network as address and prefix length. */
export function isNetwork(text: string): boolean {
  const [, address = text, length] = PREFIX.exec(text) ?? [];
  return isIP(address) !== 0 && (length === undefined || Number(length) <= (isIPv4(address) ? 32 : 128));
}

/** Whether `address` lies in one of the networks; with none of them every address does. */
export function isAllowed(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return true;
  const plain = address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
  if (isIP(plain) === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [, net = network, length] = PREFIX.exec(network) ?? [];
    if (length === undefined) list.addAddress(net, family(net));
    else list.addSubnet(net, Number(length), family(net));
  }
  return list.check(plain, family(plain));
}
