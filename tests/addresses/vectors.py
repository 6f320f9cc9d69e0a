"""Real addresses by network, each from where its form is defined or from its network's own documents."""

SURE: dict[str, tuple[str, ...]] = {
    "BTC": (
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",  # api: 3.2
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",  # api: 3.5
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",  # en.bitcoin.it: Address
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",  # BIP 173
        "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",  # BIP 173
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",  # BIP 350
    ),
    "LTC": (
        "LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz",  # ENSIP-9's test vectors
        "MQMcJhpWHYVeQArcZR3sBgyPZxxRtnH441",  # the same
        "ltc1qhzjptwpym9afcdjhs7jcz6fd0jma0l0rc0e5yr",
    ),
    "DOGE": ("DBXu2kgc3xtvCUWFcxFE3r9hEYgmuaaCyD", "AF8ekvSf6eiSBRspJjnfzK6d1EM6pnPq3G"),  # ENSIP-9
    "DASH": ("XtAG1982HcYJVibHxRZrBmdzL5YTzj4cA1", "7gks9gWVmGeir7m4MhsSxMzXC2eXXAuuRD"),  # ENSIP-9
    "ZEC": ("t1XVXWCvpMgBvUaed4XDqWtgQgJSu1Ghz7F", "t3Vz22vK5z2LcKEdg16Yv4FFneEL1zg9ojd"),  # zcash: chainparams
    "BCH": (
        "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",  # CashAddr specification
        "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq",  # the same
        "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
        "BITCOINCASH:QPM2QSZNHKS23Z7629MMS6S4CWEF74VCWVY22GDX6A",
    ),
    "TRON": ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",),  # the contract of USDT
    "XTZ": (
        "tz1YWK1gDPQx9N1Jh4JnmVre7xN6xhGGM4uC",
        "tz3T8djchG5FDwt7H6wEUU3sRFJwonYPqMJe",
        "KT1S5hgipNSTFehZo7v81gq6fcLChbRwptqy",
    ),
    "ETH": (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",  # ERC-55, as the three that follow
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ),
    "XRP": ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY"),  # xrpl.org, XLS-5
    "XLM": ("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",),  # SEP-23
    "ADA": (  # CIP-19; the last two are of before Shelley
        "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
        "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8",
        "addr1gx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer5pnz75xxcrzqf96k",
        "Ae2tdPwUPEZLs4HtbuNey7tK4hTKrwNwYtGqp7bDfCy2WdR3P6735W5Yfpe",
        "DdzFFzCqrhstmqBkaU98vdHu6PdqjqotmgudToWYEeRmQKDrn4cAgGv9EZKtu1DevLrMA1pdVazufUCK4zhFkUcQZ5Gm88mVHnrwmXvT",
    ),
    "ALGO": ("VCMJKWOY5P5P7SKMZFFOCEROPJCZOTIJMNIYNUCKH7LRO45JMJP6UYBIJA",),  # developer.algorand.org
    "ATOM": ("cosmos1c9x3ymwqwegu3fzdlvn5pgk7cqglze0zzn9xkg", "cosmos1depk54cuajgkzea6zpgkq36tnjwdzv4afc3d27"),
    "DOT": ("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",),  # Substrate's well-known account Alice
    "TON": (  # docs.ton.org: bounceable, and not
        "EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N",
        "UQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqEBI",
        "Ef8zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM0vF",  # the elector, on the masterchain
    ),
    "FIL": (  # spec.filecoin.io; the last is of FIP-0048
        "f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy",
        "f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i",
        "f3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a",
        "f410fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa",
    ),
    "HBAR": ("0.0.123-vfmkw", "0.0.1-dfkxr", "0.0.12-uuuup", "0.0.1234567890-zbhlt"),  # HIP-15
    "XMR": (  # docs.getmonero.org: standard, subaddress, integrated
        "4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2684Rge",
        "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
        "4LL9oSLmtpccfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2bYXZKKQePHES9khPK",
    ),
}

LIKELY: dict[str, tuple[str, ...]] = {
    "ETH": ("0xde709f2102306220921060314715629080e2fb77", "0x52908400098527886E0F7030069857D2E4169EE7"),  # ERC-55
    "SOL": ("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM", "1nc1nerator11111111111111111111111111111111"),
    "SUI": ("0x02a212de6a9dfa3a69e22387acfbafbb1a9e591bd9d636e7895dcfc8de05f331",),
    "EOS": ("eosio.token", "binancecleos"),
    "HBAR": ("0.0.98", "0.0.1234567890"),
    "FIL": ("f01729",),
    "TON": ("0:83dfd552e63729b472fcbcc8c45ebcc6691702558b68ec7527e1ba403a0f31a8",),
    "ZEC": ("zs1z7rejlpsa98s2rrrfkwmaxu53e4ue0ulcrw0h4x5g8jl04tak0d3mm47vdtahatqrlkngh9slya",),
}

WRONG: tuple[tuple[str, str, str], ...] = (
    ("BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "checksum"),  # BIP 350: bech32m in version 0
    ("BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "checksum"),  # bech32 in version 1
    ("BTC", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "checksum"),  # a letter it has not
    ("BTC", "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "checksum"),  # version 17
    ("BTC", "bc1pw5dgrnzv", "checksum"),
    ("BTC", "bc1pfeessrawgf", "not in use"),  # pay to anchor: anybody's
    ("BTC", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "test network"),
    ("BTC", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "test network"),
    ("BTC", "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "secret key"),
    ("LTC", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "Bitcoin address too"),
    ("BCH", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", "Bitcoin address too"),
    ("BCH", "bchtest:pr6m7j9njldwwzlg9v7v53unlr4jkmx6eyvwc0uz5t", "test network"),
    ("ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "checksum"),
    ("ETH", "0x0000000000000000000000000000000000000000", "zero address"),
    ("ETH", "vitalik.eth", "Names are not looked up"),
    (
        "XRP",
        "X7gJ5YK8abHf2eTPWPFHAAot8Knck11QGqmQ7a6a3Z8PJvk",
        "rhvh5SrgBL5V8oeV9EpDuVszeJSSCEkbPc and the destination tag 1337",
    ),
    ("XRP", "T7oKJ3q7s94kDH6tpkBowhetT1JKfcfdSCmAXbS75iATyLD", "test network"),
    ("XRP", "sn259rEFXrQrWyx3Q7XneWcwV6dfL", "secret key"),
    ("XLM", "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ", "VSGZ and the memo 0"),
    ("XLM", "SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR", "secret key"),
    ("XLM", "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE", "contract"),
    ("ADA", "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw", "stake address"),
    ("ADA", "addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz", "test network"),
    ("DOT", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "another chain"),
    ("FIL", "t17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy", "test network"),
    ("HBAR", "0.0.123-esxsf", "checksum"),  # HIP-15: the letters of the test network
    ("HBAR", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0.0.12345"),
    ("ATOM", "osmo1c9x3ymwqwegu3fzdlvn5pgk7cqglze0zzn9xkg", "not an address on Cosmos Hub"),
)
