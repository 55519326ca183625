# Sử dụng in-place operations khi có thể
array += 1  # ✅ In-place
array = array + 1  # ❌ Tạo copy mới

# Hoặc
np.add(array, 1, out=array)  # ✅ In-place
