import threading

class Worker:
    def __init__(self):
        self._local = threading.local()
    
    def process(self):
        # Each thread có storage riêng
        if not hasattr(self._local, 'buffer'):
            self._local.buffer = np.zeros((640, 640, 3))
        # Use self._local.buffer
