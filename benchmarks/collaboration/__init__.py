"""Our collaboration server beside Hocuspocus, y-websocket and ShareDB, under the same load."""
