# ❌ SAI: Giữ tensor trên GPU
tensor = model(input).cuda()

# ✅ ĐÚNG: Move về CPU và release GPU reference
tensor_gpu = model(input).cuda()
tensor_cpu = tensor_gpu.cpu().detach()
del tensor_gpu  # Release GPU memory
