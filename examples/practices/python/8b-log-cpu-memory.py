import psutil
import os

def log_cpu_memory():
    process = psutil.Process(os.getpid())
    mem_mb = process.memory_info().rss / 1024**2
    print(f"CPU: {mem_mb:.1f} MB")
