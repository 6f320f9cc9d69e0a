"""The coins that Instant Trade has and no order book: about a hundred, at prices of their kind."""

from decimal import Decimal
from typing import NamedTuple


class Coin(NamedTuple):
    symbol: str
    name: str
    start_price: Decimal
    """Against USDT."""


_TABLE = """
PAXG   4530.00     PAX Gold
AAVE   112.40      Aave
ALGO   0.1132      Algorand
ANKR   0.00512     Ankr
APE    0.1874      ApeCoin
API3   0.3921      API3
APT    1.0640      Aptos
AR     2.214       Arweave
ARB    0.1043      Arbitrum
AXS    1.152       Axie Infinity
BAL    0.1718      Balancer
BAND   0.2394      Band Protocol
BAT    0.1213      Basic Attention Token
BLUR   0.02216     Blur
BONK   0.00000672  Bonk
CAKE   1.4230      PancakeSwap
CELO   0.0912      Celo
CFX    0.0574      Conflux
CHZ    0.03841     Chiliz
COMP   19.42       Compound
COTI   0.01573     COTI
CRO    0.0791      Cronos
CRV    0.2447      Curve DAO
CVX    1.873       Convex Finance
DASH   34.20       Dash
DGB    0.00431     DigiByte
DYDX   0.1162      dYdX
EGLD   4.512       MultiversX
ENA    0.1138      Ethena
ENJ    0.02184     Enjin Coin
ENS    6.130       Ethereum Name Service
EOS    0.0832      EOS
ETC    8.914       Ethereum Classic
ETHFI  0.4820      ether.fi
FET    0.1709      Artificial Superintelligence Alliance
FIL    0.9480      Filecoin
FLOKI  0.00003218  Floki
FLOW   0.0542      Flow
FLUX   0.0763      Flux
FXS    0.5612      Frax Share
GALA   0.00386     Gala
GLM    0.1391      Golem
GMT    0.01147     STEPN
GMX    6.482       GMX
GNO    119.30      Gnosis
GRT    0.02673     The Graph
HBAR   0.0924      Hedera
HNT    0.9217      Helium
HOT    0.000418    Holo
HYPE   31.20       Hyperliquid
ICP    2.431       Internet Computer
ICX    0.0437      ICON
IMX    0.1651      Immutable
INJ    3.052       Injective
IOTA   0.0641      IOTA
IOTX   0.00473     IoTeX
JASMY  0.00562     JasmyCoin
JTO    0.2841      Jito
JUP    0.1583      Jupiter
KAS    0.03291     Kaspa
KAVA   0.0548      Kava
KNC    0.1482      Kyber Network
KSM    4.917       Kusama
LDO    0.3124      Lido DAO
LPT    2.263       Livepeer
LRC    0.03318     Loopring
MANA   0.0927      Decentraland
MASK   0.4716      Mask Network
MINA   0.0591      Mina
NEAR   1.284       NEAR Protocol
NEO    2.841       Neo
NEXO   0.8412      Nexo
ONDO   0.2672      Ondo
ONE    0.00217     Harmony
ONT    0.0462      Ontology
OP     0.1294      Optimism
ORDI   2.518       ORDI
PENDLE 1.241       Pendle
POL    0.0938      Polygon
PYTH   0.0427      Pyth Network
QNT    63.80       Quant
QTUM   0.9142      Qtum
RAY    0.6183      Raydium
RENDER 1.382       Render
ROSE   0.01284     Oasis
RSR    0.00161     Reserve Rights
RUNE   0.4037      THORChain
RVN    0.00573     Ravencoin
S      0.0416      Sonic
SAND   0.0812      The Sandbox
SEI    0.0653      Sei
SNX    0.3081      Synthetix
STX    0.2384      Stacks
SUSHI  0.1987      SushiSwap
TIA    0.3206      Celestia
TON    1.316       Toncoin
VET    0.00712     VeChain
WIF    0.1984      dogwifhat
XTZ    0.3527      Tezos
YFI    2418.00     yearn.finance
ZEC    231.40      Zcash
ZIL    0.00403     Zilliqa
"""
"""Symbol, price, name."""


def _coin(line: str) -> Coin:
    symbol, price, name = line.split(maxsplit=2)
    return Coin(symbol=symbol, name=name, start_price=Decimal(price))


COINS = tuple(_coin(line) for line in _TABLE.strip().splitlines())
