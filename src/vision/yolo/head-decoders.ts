import type { HeadDecoder } from './head-decoder.ts';
import type { Layout } from './head-readings.ts';
import { ObjectnessHead } from './objectness-head.ts';
import { PlainHead } from './plain-head.ts';
import { RowHead } from './row-head.ts';
import { TransposedHead } from './transposed-head.ts';

/** The decoder of a recognised layout. `classes`: how many names are known. */
export function headDecoder(layout: Layout, classes: number): HeadDecoder {
  switch (layout.name) {
    case 'plain':
      return new PlainHead(classes, layout.maskChannels);
    case 'plain-transposed':
      return new TransposedHead(classes, layout.maskChannels);
    case 'objectness':
      return new ObjectnessHead(classes, layout.maskChannels);
    case 'rows':
      return new RowHead(classes, layout.maskChannels);
  }
}
