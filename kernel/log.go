package kernel

import (
	"math"
	"math/big"
)

// Log returns the natural logarithm of x, correctly rounded: of all float64 values the one nearest to
// ln x. So it has the same bits on every machine, and in any other correctly rounded library.
//
//	Log(±0) = -Inf
//	Log(+Inf) = +Inf
//	Log(x < 0) = NaN
//	Log(NaN) = NaN
//
// Nearly every x is settled by logPair, which knows ln x to 27 bits more than float64 holds. Where these
// leave two neighbours possible, about once in 2^26 calls, logExact computes as many bits as it takes (the
// method of Ziv, ACM TOMS 17, 1991). Only then is memory allocated.
func Log(x float64) float64 {
	if math.Float64bits(x)-1 >= math.Float64bits(math.Inf(1))-1 {
		return logSpecial(x)
	}
	hi, lo := logPair(x)
	if y, ok := logRound(hi, lo); ok {
		return y
	}
	return logExact(x, logExactBits)
}

// logSpecial is Log for zeros, negative numbers, infinities and NaNs.
func logSpecial(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x > 0:
		return x
	}
	return math.NaN()
}

// logError bounds |hi + lo - ln x| / |hi| for the pair that logPair returns. The proof is there.
const logError = 0x1p-80

// logRound rounds hi + lo to float64 and reports whether every number within logError of it rounds alike.
// Rounding is monotonic, so it is enough to try the two ends. The additions inside the brackets err by
// 2^-53 |lo|, which is below 2^-88 |hi|: the proof of logError leaves room for that.
func logRound(hi, lo float64) (y float64, ok bool) {
	slack := float64(logError * math.Abs(hi))
	y = hi + (lo + slack)
	return y, y == hi+(lo-slack)
}

// ln 2 as the sum of a multiple of 2^-43 and a small rest, like the rows of logTable.
const (
	logLn2Hi = 0x1.62e42fefa38p-01
	logLn2Lo = 0x1.ef35793c7673p-45
)

// The coefficients of ln(1+z) = z - z²/2 + z³/3 - ... that have to be rounded. A third needs two parts.
const (
	logThirdHi = 0x1.5555555555555p-02
	logThirdLo = 0x1.5555555555555p-56

	logC5  = 1.0 / 5
	logC6  = -1.0 / 6
	logC7  = 1.0 / 7
	logC8  = -1.0 / 8
	logC9  = 1.0 / 9
	logC10 = -1.0 / 10
	logC11 = 1.0 / 11
	logC12 = -1.0 / 12
)

// logPair returns ln x for a positive finite x as an unevaluated sum; |lo| is small beside |hi|, but the two
// may overlap. With k the integer nearest to 64/m,
//
//	x = 2^e m,  sqrt(1/2) <= m < sqrt(2),  z = m k/64 - 1
//	ln x = e ln 2 - ln(k/64) + ln(1+z)
//
// z is exact: it is a multiple of 2^-59 (of 2^-58 for m >= 1) and |z| <= m/128 (1 + 2^-45), so 53 bits hold it.
// The high parts of ln 2 and of the table are multiples of 2^-43, and e ln 2 - ln(k/64) stays below 2^10, so
// their sum is exact too. Near x = 1 both vanish and z = x-1: nothing cancels.
//
// The error:
//
//   - s = 1/5 - z/6 + ... leaves out z^8/13 and what follows, less than 1.3 * 2^-56. The rounding of 1/5 and
//     three roundings of numbers near 1/5 cost 2^-56 each, and all those in the smaller terms 0.1 * 2^-56.
//     Together 5.4 * 2^-56.
//   - z²s in c has z² times that, and 2^-53 |s| z² because z² is rounded: 7.1 * 2^-56 z². Everything else in c
//     is exact or 2^-30 times smaller. So z³c has 7.1 * 2^-56 |z|^5; its pairs are good to 2^-100.
//   - |z|^5 < 1.005 * 127^-4 |ln x|. For e = 0 and k = 64 this is so because |z| < 1/127 and ln x = ln(1+z). For
//     e = 0 and other k, |z| <= m/128 and ln x = ln m, and the worst m is 64/63.5. For other e, |ln x| > 0.34.
//   - The sums into hi are exact. For e = 0 and k = 64, |lo| < 2^-51 |ln x|. Otherwise |ln x| > 2^-7.1 and
//     |lo| < 2^-44 |e| + 2^-43. Its few roundings cost less than 2^-88 |ln x|.
//
// In sum less than 2^-81 |ln x|, half of logError.
func logPair(x float64) (hi, lo float64) {
	e, m := logReduce(x)
	k := int(64/m + 0.5)
	z := math.FMA(m*(1.0/64), float64(k), -1)

	// q + ql = z², r + rl = z³
	q := float64(z * z)
	ql := math.FMA(z, z, -q)
	r := float64(q * z)
	rl := math.FMA(ql, z, math.FMA(q, z, -r))

	// s = 1/5 - z/6 + z²/7 - ... - z^7/12
	s := math.FMA(
		math.FMA(math.FMA(z, logC12, logC11), q, math.FMA(z, logC10, logC9)),
		float64(q*q),
		math.FMA(math.FMA(z, logC8, logC7), q, math.FMA(z, logC6, logC5)))

	// c + cl = 1/3 - z/4 + z²s, of which d + dl = 1/3 - z/4
	d := math.FMA(z, -0.25, logThirdHi)
	dl := math.FMA(z, -0.25, logThirdHi-d) + logThirdLo
	c := math.FMA(q, s, d)
	cl := math.FMA(q, s, d-c) + dl

	// p + pl = z³c
	p := float64(r * c)
	pl := math.FMA(r, cl, math.FMA(rl, c, math.FMA(r, c, -p)))

	// hi + lo = e ln 2 - ln(k/64) + z - z²/2 + z³c
	t := &logTable[k-logTableFirst]
	hi = math.FMA(e, logLn2Hi, t.hi)
	lo = math.FMA(e, logLn2Lo, t.lo)
	hi, e1 := logSum(hi, z)
	hi, e2 := logSum(hi, float64(-0.5*q))
	hi, e3 := logSum(hi, p)
	return hi, lo + e1 + e2 + math.FMA(ql, -0.5, pl) + e3
}

// logReduce splits a positive finite x into 2^e m with sqrt(1/2) <= m < sqrt(2).
func logReduce(x float64) (e, m float64) {
	const sqrtHalf = 0x3fe6a09e667f3bcd // the bits of sqrt(1/2), rounded up
	if x < 0x1p-1022 {
		x *= 0x1p54
		e = -54
	}
	bits := math.Float64bits(x)
	n := int64(bits-sqrtHalf) >> 52
	return e + float64(n), math.Float64frombits(bits - uint64(n)<<52)
}

// logSum returns a + b rounded, and what rounding took away. It needs a = 0 or |a| >= |b|.
func logSum(a, b float64) (sum, err float64) {
	sum = a + b
	return sum, b - (sum - a)
}

// logExactBits is the precision at which logExact starts. It is enough: Lefèvre and Muller searched all of
// float64, and no logarithm comes closer than 2^-119 of its size to the middle between two neighbours.
const logExactBits = 128

// logExact is Log for positive finite x at any cost. It computes ln x with a relative error below 2^-bits and
// doubles bits until both ends of that interval round alike. That happens, because ln x is irrational
// unless x = 1, and there the interval is a point.
func logExact(x float64, bits uint) float64 {
	for ; ; bits *= 2 {
		y := logBig(x, bits)
		slack := new(big.Float).SetMantExp(y, -int(bits))
		above, _ := new(big.Float).Add(y, slack).Float64()
		below, _ := new(big.Float).Sub(y, slack).Float64()
		if above == below {
			return above
		}
	}
}

// logBig returns ln x = e ln 2 + 2 atanh((m-1)/(m+1)) with a relative error below 2^-bits, where ln 2 is
// 2 atanh(1/3).
//
// A series of n terms is off by fewer than 5n+2 roundings, since its terms have one sign and the last of them
// 4n+1 roundings. The terms shrink by 9 or more, so n < prec/3 + 1. Adding the two series loses a factor 3 at
// most, as |e ln 2| is at least twice |ln m|. So 64 spare bits are plenty, and with them m-1 and m+1 are exact.
func logBig(x float64, bits uint) *big.Float {
	prec := bits + 64
	e, m := logReduce(x)
	num := new(big.Float).SetPrec(prec).SetFloat64(m)
	den := new(big.Float).SetPrec(prec).Add(num, big.NewFloat(1))
	num.Sub(num, big.NewFloat(1))

	y := logAtanh(num, den)
	two := logAtanh(big.NewFloat(1).SetPrec(prec), big.NewFloat(3).SetPrec(prec))
	y.Add(y, two.Mul(two, big.NewFloat(e)))
	return y.SetMantExp(y, 1)
}

// logAtanh returns atanh(num/den) = s + s³/3 + s⁵/5 + ... with s = num/den, to den's precision.
func logAtanh(num, den *big.Float) *big.Float {
	power := new(big.Float).Quo(num, den)
	square := new(big.Float).Mul(power, power)
	sum := new(big.Float).Set(power)
	limit := sum.MantExp(nil) - int(den.Prec())
	for k := int64(3); power.MantExp(nil) > limit && power.Sign() != 0; k += 2 {
		power.Mul(power, square)
		sum.Add(sum, new(big.Float).Quo(power, big.NewFloat(float64(k))))
	}
	return sum
}

// logTableFirst is the k of logTable's first row.
const logTableFirst = 45

// logTable holds -ln(k/64) for k = 45..91 as the nearest multiple of 2^-43 and the rest, rounded.
var logTable = [...]struct{ hi, lo float64 }{
	{0x1.68ac83e9c68p-02, 0x1.0a0d32756ebap-45},    // 45
	{0x1.522ae0738ap-02, 0x1.ebe708164c759p-45},    // 46
	{0x1.3c25277333p-02, 0x1.83b54b606bd5cp-46},    // 47
	{0x1.269621134d8p-02, 0x1.c93c1df5bb3b6p-45},   // 48
	{0x1.1178e8227e8p-02, -0x1.c210e63a5f01cp-45},  // 49
	{0x1.f991c6cb3bp-03, 0x1.bcbecca0cdf3p-46},     // 50
	{0x1.d1037f2656p-03, -0x1.84a7e75b6f6e4p-47},   // 51
	{0x1.a93ed3c8aep-03, -0x1.8724350562169p-45},   // 52
	{0x1.823c16551ap-03, 0x1.e0ddb9a631e83p-46},    // 53
	{0x1.5bf406b544p-03, -0x1.27023eb68981cp-46},   // 54
	{0x1.365fcb0159p-03, 0x1.62fa8234b7289p-51},    // 55
	{0x1.1178e8227ep-03, 0x1.1ef78ce2d07f2p-45},    // 56
	{0x1.da72763844p-04, 0x1.a89401fa71733p-46},    // 57
	{0x1.9335e5d594p-04, 0x1.3115c3abd47dap-45},    // 58
	{0x1.4d3115d208p-04, -0x1.53a2582f4e1efp-48},   // 59
	{0x1.08598b59e4p-04, -0x1.7e5dd7009902cp-46},   // 60
	{0x1.894aa149fcp-05, -0x1.97995d05a267dp-46},   // 61
	{0x1.0415d89e74p-05, 0x1.111c05cf1d753p-47},    // 62
	{0x1.0205658938p-06, -0x1.3dc5b06e2f7d2p-45},   // 63
	{0x0p+00, 0x0p+00},                             // 64
	{-0x1.fc0a8b0fcp-07, -0x1.f1e7cf6d3a69cp-50},   // 65
	{-0x1.f829b0e78p-06, -0x1.980267c7e09e4p-45},   // 66
	{-0x1.77458f632cp-05, -0x1.cfc4634f2a1eep-45},  // 67
	{-0x1.f0a30c0118p-05, 0x1.d599e83368e91p-45},   // 68
	{-0x1.341d7961bep-04, 0x1.c5edaccf913dfp-45},   // 69
	{-0x1.6f0d28ae56p-04, -0x1.69737c93373dap-45},  // 70
	{-0x1.a926d3a4aep-04, 0x1.53935e85baac8p-45},   // 71
	{-0x1.e27076e2bp-04, 0x1.a342c2af0003cp-45},    // 72
	{-0x1.0d77e7cd09p-03, 0x1.a699688e85bf4p-47},   // 73
	{-0x1.29552f81ffp-03, -0x1.48d301771c408p-45},  // 74
	{-0x1.44d2b6ccb8p-03, 0x1.70cc16135783cp-46},   // 75
	{-0x1.5ff3070a79p-03, -0x1.e9e439f105039p-46},  // 76
	{-0x1.7ab890210ep-03, 0x1.bdb9072534a58p-45},   // 77
	{-0x1.9525a9cf45p-03, -0x1.ad1d904c1d4e3p-45},  // 78
	{-0x1.af3c94e80cp-03, 0x1.a4e633fcd9066p-52},   // 79
	{-0x1.c8ff7c79aap-03, 0x1.7794f689f8434p-45},   // 80
	{-0x1.e27076e2afp-03, -0x1.72f4f543fff1p-46},   // 81
	{-0x1.fb9186d5e4p-03, 0x1.d572aab993c87p-47},   // 82
	{-0x1.0a324e2739p-02, -0x1.c6bee7ef4030ep-47},  // 83
	{-0x1.1675cababa8p-02, 0x1.f1fc63382a8fp-46},   // 84
	{-0x1.22941fbcf78p-02, -0x1.65a242853da76p-46}, // 85
	{-0x1.2e8e2bae12p-02, 0x1.67b1e99b72bd8p-45},   // 86
	{-0x1.3a64c556948p-02, 0x1.0b1c68651946p-45},   // 87
	{-0x1.4618bc21c6p-02, 0x1.3d82f484c84ccp-46},   // 88
	{-0x1.51aad872df8p-02, -0x1.684e49eb067d5p-49}, // 89
	{-0x1.5d1bdbf5808p-02, -0x1.ca508d8e0f72p-46},  // 90
	{-0x1.686c81e9b18p-02, 0x1.a89ddea0f7f59p-45},  // 91
}
