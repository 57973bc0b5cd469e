// ShareDB as its documentation starts it: the database in memory that it brings, JSON over ws.
import http from 'node:http'
import WebSocketJSONStream from '@teamwork/websocket-json-stream'
import ShareDB from 'sharedb'
import { WebSocketServer } from 'ws'

const backend = new ShareDB({ presence: true, doNotForwardSendPresenceErrorsToClient: true })
const server = http.createServer()
const sockets = new WebSocketServer({ server })
sockets.on('connection', socket => {
  socket.on('error', () => socket.terminate())
  const stream = new WebSocketJSONStream(socket)
  // A client that is killed in the middle of an answer is no fault of the server.
  stream.on('error', () => socket.terminate())
  backend.listen(stream)
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))
