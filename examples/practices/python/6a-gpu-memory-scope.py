from contextlib import contextmanager

@contextmanager
def gpu_memory_manager():
    """Context manager để quản lý GPU memory"""
    try:
        yield
    finally:
        import torch
        import gc
        torch.cuda.empty_cache()
        gc.collect()

# Usage
with gpu_memory_manager():
    result = model.predict(frame)
    # Process result
    # Memory sẽ được cleanup tự động
