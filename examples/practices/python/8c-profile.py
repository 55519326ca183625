# Install: pip install memory-profiler

from memory_profiler import profile

@profile
def process_frame(frame):
    # Code here
    pass
