import { PlateauError } from '../errors.ts';
import type { InputSize } from '../vision/yolo/input-size.ts';
import { PipelineCameras } from './pipeline-cameras.ts';
import type { CameraSettings } from './settings.ts';
import type { SourceInfo } from './thread-protocol.ts';

/** A camera, and its source where that could be opened: only then is it known what its decoder will hold. */
export interface ExaminedCamera {
  readonly settings: CameraSettings;
  readonly info: SourceInfo | undefined;
}

const nobody = { onDecision: () => undefined, onFailed: () => undefined };
const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

/**
 * Makes what every camera would hold, without any limit, and holds that against the limits: so each one that is too small
 * is found, and by how much. Ring memory that nobody writes to costs addresses only.
 *
 * @param input [height, width] of the model's input.
 * @param budgetBytes Of all cameras together; absent: no limit.
 */
export function checkBudgets(
  cameras: readonly ExaminedCamera[],
  input: InputSize,
  budgetBytes: number | undefined,
): PlateauError[] {
  const held = new PipelineCameras(undefined);
  using undo = new DisposableStack();
  undo.defer(() => held.end());
  const errors: PlateauError[] = [];
  for (const [index, { settings, info }] of cameras.entries()) {
    // Two sources of the command line may be the same.
    const name = `${index}`;
    const { id } = held.add({ ...settings, name, memoryBudgetBytes: undefined }, input, nobody);
    if (info !== undefined) held.budgets.opened(id, info);
    const { usedBytes } = held.budgets.status.cameras[name];
    if (usedBytes > (settings.memoryBudgetBytes ?? Number.POSITIVE_INFINITY))
      errors.push(
        tooSmall(
          `Camera "${settings.name}" takes`,
          usedBytes,
          'its memoryMegabytes',
          settings.memoryBudgetBytes,
        ),
      );
  }
  const { usedBytes } = held.budgets.whole;
  if (usedBytes > (budgetBytes ?? Number.POSITIVE_INFINITY))
    errors.push(tooSmall('All cameras together take', usedBytes, 'memory.budgetMegabytes', budgetBytes));
  return errors;
}

function tooSmall(who: string, usedBytes: number, key: string, limitBytes = 0): PlateauError {
  const needed = megabytes(usedBytes);
  return new PlateauError(
    'ERR_BUDGET_EXCEEDED',
    `${who} ${needed} MB for pictures on their way and decoding, and ${key} allows ${megabytes(limitBytes)} MB: raise it to ${needed} or more, or take smaller pictures or a smaller model.`,
  );
}
