/** What docs/protocol.md says of each frame, field, limit and code between gates. */

type Words = Readonly<Record<string, string>>;

export const NEIGHBOUR_OBJECT_WORDS: Words = {
  'neighbour hello': 'First, and once, from both sides, without waiting for the other.',
  'neighbour have':
    'Up to where this gate has the facts of a list: all of its streams when the list comes to be shared, and later those that changed. It answers every `facts`, and asks for what is missing at the same time.',
  'neighbour facts':
    'Facts of one stream, in order, after the number that the other gate said. The next ones follow its `have`: one frame is on its way at a time. A gate whose `have` says less than it was sent took no more, and is sent no more of that stream before its next `have`.',
  'neighbour marks':
    'Of 1.1. The keys by which this reader knows cards again that are on no list: after the first `have` of a shelter, and again whenever it has learnt of another one. Whoever gets them keeps those that are new to it, up to the limit, and makes new marks with that whose SHA-256 comes first.',
  'neighbour beat': 'Every 2 seconds. Two without hearing anything end the connection with 4008.',
};

export const NEIGHBOUR_FIELD_WORDS: Words = {
  'neighbour hello.terminal': 'the name in its certificate',
  instance: 'made anew at each start: a gate that calls itself, or starts anew, is known by it',
  'neighbour hello.lists':
    'the lists that it serves; of a reader of a shelter (1.1) `list/shelter`, the municipality’s list and the shelter',
  'neighbour marks.keys': '32 bytes each, for HMAC-SHA-256 over the SHA-256 of a certificate',
  'neighbour have.list': 'its name, or of a shelter `list/shelter`',
  'neighbour facts.list': 'its name, or of a shelter `list/shelter`',
  'neighbour marks.list': 'of a shelter, `list/shelter`',
  streams:
    'the facts of one ledger (terminal and epoch) about one list, or one shelter, are a stream',
  'streams[].terminal': 'whose ledger',
  'streams[].epoch': 'of which epoch',
  'streams[].upto': 'number of the newest fact that is here; 0: none',
  'neighbour facts.terminal': 'whose facts they are; any gate may hand them on',
  'neighbour facts.epoch': 'of which epoch',
  'neighbour facts.certificate':
    'DER of that terminal’s certificate, which the platform’s CA issued: that of the key that signed',
  'neighbour facts.items': 'in the order of their numbers',
  'items[].before':
    'SHA-256 of the text of the fact before it in the stream; 64 zeros for the first',
  'items[].text': 'its exact text, as in the ledger',
  'items[].signature':
    'RSASSA-PKCS1-v1_5 with SHA-256 over `kazasu-neighbour-1`, a line feed, `before`, a line feed, and `text`',
};

export const NEIGHBOUR_LIMIT_WORDS: Words = {
  frameBytes: 'bytes of a frame',
  facts: 'facts in a frame',
  factsBytes: 'bytes (UTF-8) of the facts in a frame; one fact may always be sent',
  lists: 'lists of a gate',
  streams: 'streams of a list',
  connections: 'connections that a gate takes',
  marks: 'keys of marks that a reader keeps of one shelter',
  'frames.atOnce': 'frames that a gate may send at once',
  'frames.perSecond': 'and a second, from then on',
};

export const NEIGHBOUR_CLOSE_WORDS: Words = {
  notOfTheProtocol: 'a frame that is not of the protocol, or not now; too many of them',
  replaced: 'another socket of the same two gates counts',
  identity:
    'another name than that of the certificate, this gate itself, or facts that no gate of this platform signed',
  silent: 'two beats were missed, or no `hello` came within 10 seconds',
  ending: 'the gate is being stopped',
};
