import { isIP } from 'node:net';

/** Whether an address can only be reached from this machine. Anything else would need authentication. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * Whether a request comes from a page of another site. A browser sends such requests as well, and names the site; a
 * program such as curl names none.
 */
export function isForeignOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && origin !== `http://${host}`;
}

/**
 * Whether the Host header of a request names this machine: a page of another site that had its name point here
 * (DNS rebinding) sends its own name along.
 */
export function isLoopbackHostHeader(header: string | undefined): boolean {
  if (header === undefined) return false;
  const bracketed = /^\[(?<address>[^\]]+)\](?::\d+)?$/.exec(header)?.groups?.address;
  return isLoopback(bracketed ?? header.replace(/:\d+$/, ''));
}
