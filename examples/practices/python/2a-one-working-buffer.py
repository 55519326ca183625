# ❌ SAI: Giữ nhiều copies
array1 = frame.copy()
array2 = frame.copy()
array3 = frame.copy()

# ✅ ĐÚNG: Release sau khi dùng
array1 = frame.copy()
# ... use array1 ...
del array1  # Hoặc để GC tự động

# Hoặc reuse nếu có thể
working_array = frame.copy()
# ... process ...
working_array = None  # Allow GC
