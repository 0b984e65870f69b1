/** RFC 7541 Appendix C: header blocks and the fields they stand for. */

interface HpackVector {
  readonly section: string;
  /** A block that sets the table's size, where the examples have another than 4,096 bytes. */
  readonly tableSize?: string;
  readonly blocks: readonly { readonly hex: string; readonly fields: readonly string[] }[];
}

const REQUESTS = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [
    ':method: GET',
    ':scheme: https',
    ':path: /index.html',
    ':authority: www.example.com',
    'custom-key: custom-value',
  ],
];

const FIRST_DATE = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const SECOND_DATE = 'date: Mon, 21 Oct 2013 20:13:22 GMT';
const LOCATION = 'location: https://www.example.com';
const COOKIE = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const RESPONSES = [
  [':status: 302', 'cache-control: private', FIRST_DATE, LOCATION],
  [':status: 307', 'cache-control: private', FIRST_DATE, LOCATION],
  [':status: 200', 'cache-control: private', SECOND_DATE, LOCATION, 'content-encoding: gzip', COOKIE],
];

function conversation(hex: readonly string[], fields: readonly (readonly string[])[]): HpackVector['blocks'] {
  return hex.map((block, at) => ({ hex: block, fields: fields[at] ?? [] }));
}

export const HPACK_VECTORS: readonly HpackVector[] = [
  {
    section: 'C.2.1, a literal that is put into the table',
    blocks: [
      {
        hex: '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
        fields: ['custom-key: custom-header'],
      },
    ],
  },
  {
    section: 'C.2.2, a literal that is not',
    blocks: [{ hex: '040c2f73616d706c652f70617468', fields: [':path: /sample/path'] }],
  },
  {
    section: 'C.2.3, a literal that never is',
    blocks: [{ hex: '100870617373776f726406736563726574', fields: ['password: secret'] }],
  },
  { section: 'C.2.4, an index', blocks: [{ hex: '82', fields: [':method: GET'] }] },
  {
    section: 'C.3, requests',
    blocks: conversation(
      [
        '828684410f7777772e6578616d706c652e636f6d',
        '828684be58086e6f2d6361636865',
        '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
      ],
      REQUESTS,
    ),
  },
  {
    section: 'C.4, requests in Huffman code',
    blocks: conversation(
      [
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        '828684be5886a8eb10649cbf',
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
      ],
      REQUESTS,
    ),
  },
  {
    section: 'C.5, responses that drop entries',
    tableSize: '3fe101',
    blocks: conversation(
      [
        '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54' +
          '6e1768747470733a2f2f7777772e6578616d706c652e636f6d',
        '4803333037c1c0bf',
        '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a697077' +
          '38666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d33363030' +
          '3b2076657273696f6e3d31',
      ],
      RESPONSES,
    ),
  },
  {
    section: 'C.6, the same in Huffman code',
    tableSize: '3fe101',
    blocks: conversation(
      [
        '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82' +
          'ae43d3',
        '4883640effc1c0bf',
        '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960' +
          'd5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      ],
      RESPONSES,
    ),
  },
];
