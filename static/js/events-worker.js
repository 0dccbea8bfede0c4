// events-worker
