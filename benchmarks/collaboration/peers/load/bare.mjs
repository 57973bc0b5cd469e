// The floor: a server that gives what it gets to everybody, and knows nothing.
import { Client, Wire, keyOf } from './client.mjs'

export class BareWire extends Wire {
  address () { return { port: this.config.port } }

  client (number, room) { return new BareClient(this, number, room) }
}

class BareClient extends Client {
  greeting () { return ['["hello"]'] }

  stateIn (payload) { return payload }

  decode () { return { positions: [], prompts: [], nodes: 0 } }

  read (payload) {
    for (const [sender, count] of JSON.parse(payload)) this.arrived?.(keyOf(sender, count))
  }

  move (n, x, y) {
    this.socket.send(JSON.stringify([this.number, ++this.count, n, x, y]))
    return keyOf(this.number, this.count)
  }
}
