/** Monitoring tools 1: GPU memory as NVIDIA's driver counts it. Without a GPU the answer is "none", not an error. */
import { logGpuMemory, Nvml } from '@plateau/memory';

// #region right
using nvml = await Nvml.open(); // undefined without GPU, driver or koffi
logGpuMemory(nvml?.sample() ?? [], (_fields, line) => console.log(line));
// #endregion
