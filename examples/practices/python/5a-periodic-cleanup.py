import gc
import time

class PeriodicCleanup:
    def __init__(self, interval=100):
        self.interval = interval
        self.count = 0
    
    def check(self):
        self.count += 1
        if self.count >= self.interval:
            gc.collect()  # Force Python GC
            torch.cuda.empty_cache()  # Clear GPU cache
            self.count = 0

# Usage
cleanup = PeriodicCleanup(interval=100)
for frame in frames:
    process(frame)
    cleanup.check()
