import type { ClipPlan } from './clip.ts';

/** Clips that the model is measured on. Seeds are never those of training; half the kinds aren't either. */
export const plans: readonly ClipPlan[] = [
  { name: 'belt-empty-worn', seed: 1, split: 'train', course: 'empty', kind: 'belt' },
  { name: 'belt-busy-coal', seed: 2, split: 'train', course: 'busy', kind: 'belt', material: 'coal' },
  { name: 'belt-slow-jam-dusty-coal', seed: 3, split: 'train', course: 'slow jam', kind: 'belt', material: 'dusty coal' },
  { name: 'chute-sudden-jam-anthracite', seed: 4, split: 'train', course: 'sudden jam', kind: 'pan', material: 'anthracite' },
  { name: 'dark-dust-shake-jam', seed: 5, split: 'train', course: 'slow jam', kind: 'belt', material: 'coal', light: 'night', dust: 0.12, shake: 0.05 },
  { name: 'black-belt-large-lumps-jam', seed: 6, split: 'train', course: 'sudden jam', kind: 'belt', material: 'coal slabs', blackBelt: true },
  { name: 'chute-busy-limestone', seed: 7, split: 'train', course: 'busy', kind: 'pan', material: 'limestone' },
  { name: 'new-lens-light-empty', seed: 11, split: 'held-out', course: 'empty', kind: 'belt' },
  { name: 'new-empty-chute', seed: 12, split: 'held-out', course: 'empty', kind: 'pan' },
  { name: 'coke-busy', seed: 13, split: 'held-out', course: 'busy', kind: 'belt', material: 'coke' },
  { name: 'lignite-slow-jam', seed: 14, split: 'held-out', course: 'slow jam', kind: 'belt', material: 'lignite' },
  { name: 'lignite-sudden-jam-sodium', seed: 15, split: 'held-out', course: 'sudden jam', kind: 'belt', material: 'lignite', light: 'sodium lamps' },
  { name: 'blast-rock-jam-headlamp', seed: 16, split: 'held-out', course: 'sudden jam', kind: 'pan', material: 'blast rock', light: 'headlamp beam' },
  { name: 'coke-jam-shake-dust', seed: 17, split: 'held-out', course: 'slow jam', kind: 'belt', material: 'coke', dust: 0.1, shake: 0.06 },
];

/** The clip that `npm start` shows. */
export const demonstration: ClipPlan = {
  name: 'chute', seed: 28, split: 'train', course: 'demonstration', kind: 'belt', material: 'coal', light: 'hall',
};
