/** `npm run check:ownership`: the core's command, from its source, so that no build is needed. */
import { main } from '../packages/memory/src/ownership/main.ts';

process.exitCode = await main(process.argv.slice(2), console.log);
