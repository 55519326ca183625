# ❌ SAI
cap = cv2.VideoCapture(url)
# ... use ...
# Quên release!

# ✅ ĐÚNG
try:
    cap = cv2.VideoCapture(url)
    # ... use ...
finally:
    cap.release()
