/**
 * The address of a camera as people write it. Passwords with `@ # : / ? %` in them are met in the wild both
 * percent-encoded and raw; both are understood, and FFmpeg always gets the strictly encoded form, which it decodes once.
 */

/** The parts of `scheme://user:password@host:port/rest`, decoded. */
export interface CameraUrl {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Password and user exactly as written, where that differs from the decoded form: `100%21` may be meant literally. */
  readonly literal: { readonly user: string; readonly password: string } | undefined;
  /** Host with port, `camera.local:554` or `[fe80::1]:554`. */
  readonly host: string;
  /** From the first `/` or `?` after the host on, as written; may be empty. */
  readonly rest: string;
}

const shape = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;
const hostShape = /^(?:\[[0-9a-f:.%]+\]|[^\s/?#@:[\]]+)(?::\d{1,5})?$/i;

/** @returns `undefined` where the text has no scheme or no believable host. */
export function parseCameraUrl(text: string): CameraUrl | undefined {
  const [, scheme, after] = shape.exec(text.trim()) ?? [];
  if (scheme === undefined || after === undefined) return undefined;
  const at = endOfUserInformation(after);
  const behind = after.slice(at + 1);
  const hostLength = behind.search(/[/?#]/);
  const host = hostLength < 0 ? behind : behind.slice(0, hostLength);
  if (!hostShape.test(host)) return undefined;
  const rest = hostLength < 0 ? '' : behind.slice(hostLength);
  const base = { scheme: scheme.toLowerCase(), host, rest };
  if (at < 0) return { ...base, user: undefined, password: undefined, literal: undefined };
  const information = after.slice(0, at);
  const colon = information.indexOf(':');
  const rawUser = colon < 0 ? information : information.slice(0, colon);
  const rawPassword = colon < 0 ? '' : information.slice(colon + 1);
  const user = decodeOnce(rawUser);
  const password = decodeOnce(rawPassword);
  const literal =
    user === rawUser && password === rawPassword ? undefined : { user: rawUser, password: rawPassword };
  return { ...base, user, password, literal };
}

/** The address with user and password percent-encoded, ready for FFmpeg. Holds the password: never print it. */
export function cameraUrlText(
  url: CameraUrl,
  { asWritten = false }: { readonly asWritten?: boolean } = {},
): string {
  const written = asWritten ? (url.literal ?? url) : url;
  if (written.user === undefined) return `${url.scheme}://${url.host}${url.rest}`;
  const information = `${encodeURIComponent(written.user)}:${encodeURIComponent(written.password ?? '')}`;
  return `${url.scheme}://${information}@${url.host}${url.rest}`;
}

/** Puts user and password, given as separate fields and literal, into an address that has none. */
export function withCredentials(url: string, user: string, password: string): string {
  const parsed = parseCameraUrl(url);
  if (parsed === undefined) return url;
  return cameraUrlText({ ...parsed, user, password, literal: undefined });
}

/**
 * Where the user information ends: the `@` before the host, or -1. By the standard it is the last one ahead of the
 * first `/`, `?` or `#`. An unescaped password may hold those too, so a later `@` wins where the standard's host is
 * not believable or where what follows it looks like a host with a path or port (`user:pw@host/cam@1` does not).
 */
function endOfUserInformation(after: string): number {
  const authorityLength = after.search(/[/?#]/);
  const authority = authorityLength < 0 ? after : after.slice(0, authorityLength);
  const standard = authority.lastIndexOf('@');
  const last = after.lastIndexOf('@');
  if (last === standard) return standard;
  const standardHost = authority.slice(standard + 1);
  const lastTail = after.slice(last + 1);
  const lastHost = lastTail.split(/[/?#]/, 1)[0] ?? '';
  const lastBelievable = hostShape.test(lastHost) && after.slice(0, last).includes(':');
  if (!lastBelievable) return standard;
  if (!hostShape.test(standardHost)) return last;
  if (standard < 0 && !standardHost.includes(':')) return standard;
  const looksLikeHost = /:\d+(?:[/?]|$)/.test(lastTail) || /^[\w-]+(?:\.[\w-]+)+(?:[/?]|$)/.test(lastTail);
  return looksLikeHost ? last : standard;
}

function decodeOnce(text: string): string {
  if (!/%[0-9a-f]{2}/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // A "%" that is no escape: the password is written raw.
    throw error;
  }
}
