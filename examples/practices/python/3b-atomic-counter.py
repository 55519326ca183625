import threading

class SafeCounter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0
    
    def increment(self):
        with self._lock:
            self._value += 1
    
    def get(self):
        with self._lock:
            return self._value
