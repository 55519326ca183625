/**
 * The one sink through which text from below (FFmpeg, the runtime, user input) passes before it leaves:
 * FFmpeg prints whole URLs with their passwords.
 */

// The host begins after the *last* "@" of the authority part: people own passwords with "@", ":" and "/" in
// them and write them unescaped, so everything between the scheme and that "@" counts as user information.
const userInformation = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'<>]*)@(?=[^\s"'<>@]*)/gi;

const secretParameters = /([?&](?:password|passwd|pwd|pass|token|auth|key|secret)=)[^&\s"'<>]*/gi;

/** Replaces the password of every URL in `text` with `***`; the user name stays, since it helps to find the camera. */
export function maskSecrets(text: string): string {
  return text
    .replace(userInformation, (_, scheme: string, user: string) => {
      const colon = user.indexOf(':');
      return colon < 0 ? `${scheme}${user}@` : `${scheme}${user.slice(0, colon)}:***@`;
    })
    .replace(secretParameters, '$1***');
}
