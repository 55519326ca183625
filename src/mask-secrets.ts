/**
 * The one sink through which text from below (FFmpeg, the runtime, user input) passes before it leaves:
 * FFmpeg prints whole URLs with their passwords.
 */

// People own passwords with "@", ":", "/", "#", "?", "%" and spaces in them and write them unescaped, so the user
// information ends at the *last* "@" that may still belong to this address. What follows a scheme up to there is told
// from the rest of a sentence by its shape: `user:` comes first, and no further address or line begins within; one begins
// with a word, or with a camera's scheme, since a password may hold any letters with "://" behind them. What is
// masked already ends there, so that a text may pass twice. One slash is what is left of an address with a slip in it.
const userInformation =
  /\b([a-z][a-z0-9+.-]*:\/\/|(?:rtsps?|https?):\/)([^\s/@:"'<>]*)(:\*\*\*(?=@)|:(?:(?!(?<=\s)[a-z][a-z0-9+.-]*:\/\/|(?:rtsps?|https?):\/\/)[^\r\n])*)?@/gi;

// `host:554/path` ahead of a mail address in the same line is no password.
const portAndPath = /^:\d{1,5}(?:\/[^\s@]*)?\s/;

const secretParameters = /([?&](?:password|passwd|pwd|pass|token|auth|key|secret)=)[^&\s"'<>]*/gi;

/**
 * Replaces the password of every URL in `text`, and of all that looks like `user:password@` without one, with `***`; the
 * user name stays, since it helps to find the camera.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(userInformation, (whole, scheme: string, user: string, password: string | undefined) => {
      if (password === undefined) return `${scheme}${user}@`;
      if (portAndPath.test(password)) return whole;
      return `${scheme}${user}:***@`;
    })
    .replace(/\S+/g, maskWord)
    .replace(secretParameters, '$1***');
}

/** Masks `user:password@` in a text without spaces. Written out rather than matched, so that it stays linear. */
function maskWord(word: string): string {
  const last = word.lastIndexOf('@');
  let masked = '';
  let done = 0;
  for (let colon = word.indexOf(':'); colon >= 0 && colon < last; colon = word.indexOf(':', colon + 1)) {
    if (colon < done || !endsUserName(word, colon)) continue;
    // A further address begins within the word: the password ends ahead of it, if it can.
    const address = word.indexOf('://', colon);
    const end = address < 0 ? last : word.lastIndexOf('@', address);
    masked += `${word.slice(done, colon)}:***`;
    done = end > colon ? end : last;
  }
  return masked + word.slice(done);
}

/** Whether the colon stands behind a user name, rather than behind a scheme or a key of JSON. */
function endsUserName(word: string, colon: number): boolean {
  if (word.startsWith('://', colon) || /["'<>)\]}]/.test(word[colon - 1] ?? '')) return false;
  const name = /[a-z]*$/i.exec(word.slice(Math.max(0, colon - 8), colon))?.[0].toLowerCase();
  if (name === 'mailto') return false;
  return !(/^(?:rtsps?|https?|file)$/.test(name ?? '') && word[colon + 1] === '/');
}
