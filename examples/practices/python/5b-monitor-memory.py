import torch
import psutil
import os

def get_memory_usage():
    """Get current memory usage"""
    # CPU memory
    process = psutil.Process(os.getpid())
    cpu_mem = process.memory_info().rss / 1024**2  # MB
    
    # GPU memory
    if torch.cuda.is_available():
        gpu_mem = torch.cuda.memory_allocated() / 1024**2  # MB
    else:
        gpu_mem = 0
    
    return cpu_mem, gpu_mem

# Monitor memory
cpu_mem, gpu_mem = get_memory_usage()
if gpu_mem > 4000:  # 4GB threshold
    torch.cuda.empty_cache()
    gc.collect()
