import torch
import gc

# Sau khi xử lý xong một batch
torch.cuda.empty_cache()  # Clear unused GPU memory
gc.collect()  # Force Python garbage collection
