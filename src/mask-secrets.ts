/**
 * The one sink through which text from below (FFmpeg, the runtime, user input) passes before it leaves:
 * FFmpeg prints whole URLs with their passwords.
 */

// People own passwords with "@", ":", "/", "#", "?", "%" and spaces in them and write them unescaped, so the user
// information ends at the *last* "@" that may still belong to this address. What follows a scheme up to there is told
// from the rest of a sentence by its shape: `user:` comes first, and no further address or line begins within. What is
// masked already ends there, so that a text may pass twice.
const userInformation =
  /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@:"'<>]*)(:\*\*\*(?=@)|:(?:(?![a-z][a-z0-9+.-]*:\/\/)[^\r\n])*)?@/gi;

// `host:554/path` ahead of a mail address in the same line is no password.
const portAndPath = /^:\d{1,5}(?:\/[^\s@]*)?\s/;

const secretParameters = /([?&](?:password|passwd|pwd|pass|token|auth|key|secret)=)[^&\s"'<>]*/gi;

/** Replaces the password of every URL in `text` with `***`; the user name stays, since it helps to find the camera. */
export function maskSecrets(text: string): string {
  return text
    .replace(userInformation, (whole, scheme: string, user: string, password: string | undefined) => {
      if (password === undefined) return `${scheme}${user}@`;
      if (portAndPath.test(password)) return whole;
      return `${scheme}${user}:***@`;
    })
    .replace(secretParameters, '$1***');
}
