/** Monitoring tools 2: memory of the process, by who holds it, with an honest remainder. */
import { logCpuMemory, MemoryMonitor } from '@plateau/memory';

// #region right
const monitor = new MemoryMonitor();
logCpuMemory(monitor.sample(), (_fields, line) => console.log(line));
// #endregion
