/** `plateau/memory`: the memory core, under the application's own name. */
// biome-ignore lint/performance/noReExportAll: this is the same package under a second name, and must not drift from it
export * from '@plateau/memory';
