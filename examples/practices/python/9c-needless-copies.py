# ❌ SAI
frame1 = frame.copy()
frame2 = frame.copy()
frame3 = frame.copy()

# ✅ ĐÚNG
# Chỉ copy khi cần modify mà không muốn ảnh hưởng original
working_frame = frame.copy() if need_modify else frame
