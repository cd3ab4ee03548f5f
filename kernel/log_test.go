package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The oracle works in integers, in units of 2^-320, by Briggs's method: it multiplies x by factors 1 + 2^-k,
// each at most once, until the product is a power of two to within 2^-107 of it. Shifts, additions and a table
// of ln(1 + 2^-k) are all it needs; Log shares none of that.
const (
	logOracleBits  = 320
	logOracleSteps = 107
	logOracleSlack = 1 << 20 // units; truncations add up to less than 2^19
)

// logOracleTable[k] = ln(1 + 2^-k), and [0] = ln 2.
var logOracleTable = func() (t [logOracleSteps + 1]*big.Int) {
	one := new(big.Int).Lsh(big.NewInt(1), logOracleBits)
	for k := range t {
		t[k] = new(big.Int)
		for j := 1; j <= logOracleBits; j++ { // ln 2 = sum 2^-j/j
			term := new(big.Int).Rsh(one, uint(j*max(k, 1)))
			term.Quo(term, big.NewInt(int64(j)))
			if k > 0 && j%2 == 0 {
				term.Neg(term)
			}
			t[k].Add(t[k], term)
		}
	}
	return t
}()

// logOracle returns ln x in units of 2^-320, off by less than logOracleSlack, for positive finite x.
func logOracle(x float64) *big.Int {
	frac, exp := math.Frexp(x) // frac in [1/2, 1)
	two := new(big.Int).Lsh(big.NewInt(2), logOracleBits)
	v := new(big.Int).Lsh(big.NewInt(int64(frac*0x1p53)), logOracleBits-52) // 2 frac
	y := new(big.Int).Mul(logOracleTable[0], big.NewInt(int64(exp)))
	next := new(big.Int)
	for k := 1; k <= logOracleSteps; k++ {
		next.Rsh(v, uint(k))
		if next.Add(next, v); next.Cmp(two) <= 0 {
			v, next = next, v
			y.Sub(y, logOracleTable[k])
		}
	}
	// What is missing is ln(v/2) = -t - t²/2 - ... with t = 1 - v/2.
	t := new(big.Int).Sub(two, v)
	t.Rsh(t, 1)
	y.Sub(y, t)
	return y.Sub(y, t.Mul(t, t).Rsh(t, logOracleBits+1))
}

// logFromUnits turns units of 2^-320 into a number.
func logFromUnits(units *big.Int) *big.Float {
	y := new(big.Float).SetPrec(400).SetInt(units)
	return y.SetMantExp(y, -logOracleBits)
}

// logOracleRound returns ln x correctly rounded. x must not be 1.
func logOracleRound(t testing.TB, x float64) float64 {
	t.Helper()
	y, slack := logOracle(x), big.NewInt(logOracleSlack)
	above, _ := logFromUnits(new(big.Int).Add(y, slack)).Float64()
	below, _ := logFromUnits(y.Sub(y, slack)).Float64()
	if above != below {
		t.Fatalf("oracle cannot round ln %x", x)
	}
	return above
}

// Long known decimals of logarithms, from tables of constants.
func TestLogOracle(t *testing.T) {
	for x, decimals := range map[float64]string{
		2:  "0.693147180559945309417232121458176568075500134360255254120680009493393621969",
		3:  "1.098612288668109691395245236922525704647490557822749451734694333637494293218",
		10: "2.302585092994045684017991454684364207601101488628772976033327900967572609677",
	} {
		want, _, err := big.ParseFloat(decimals, 10, 400, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		diff := new(big.Float).Sub(want, logFromUnits(logOracle(x)))
		if diff.Abs(diff).Cmp(big.NewFloat(1e-74)) > 0 {
			t.Errorf("oracle: ln %v differs from the table's by %.3g", x, diff)
		}
	}
}

func TestLogSpecial(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct{ x, want float64 }{
		{0, -inf},
		{math.Copysign(0, -1), -inf},
		{inf, inf},
		{1, 0},
	} {
		if got := Log(c.x); math.Float64bits(got) != math.Float64bits(c.want) {
			t.Errorf("Log(%v) = %v, want %v", c.x, got, c.want)
		}
	}
	nan := math.NaN()
	for _, x := range []float64{nan, math.Copysign(nan, -1), -inf, -1, -math.MaxFloat64, -0x1p-1022, -0x1p-1074} {
		if got := Log(x); !math.IsNaN(got) {
			t.Errorf("Log(%v) = %v, want NaN", x, got)
		}
	}
	if got := logExact(1, logExactBits); math.Float64bits(got) != 0 {
		t.Errorf("logExact(1) = %v, want +0", got)
	}
}

// logInputs returns positive finite numbers other than 1, by kind.
func logInputs() map[string][]float64 {
	rnd := rand.New(rand.NewPCG(104729, 1))
	in := map[string][]float64{}
	add := func(kind string, xs ...float64) { in[kind] = append(in[kind], xs...) }
	around := func(kind string, x float64, ulps int) {
		for d := -ulps; d <= ulps; d++ {
			add(kind, math.Float64frombits(math.Float64bits(x)+uint64(d)))
		}
	}
	for e := -1074; e <= 1023; e++ {
		add("powers of two", math.Ldexp(1, e))
		add("all exponents", math.Ldexp(1+rnd.Float64(), e))
		if e%8 == 0 {
			around("switch of exponent", math.Ldexp(math.Sqrt(0.5), e), 2)
		}
	}
	for range 3000 {
		add("unit interval", float64(rnd.Uint64N(1<<53-1)+1)*0x1p-53)
		add("0.7 to 1.4", math.Exp2(rnd.Float64()-0.5))
	}
	for k := uint64(1); k <= 600; k++ {
		add("next to 1", 1+float64(k)*0x1p-52, 1-float64(k)*0x1p-53)
	}
	for j := 1; j <= 50; j++ {
		for range 20 {
			add("near 1", 1+math.Ldexp(1+rnd.Float64(), -j), 1-math.Ldexp(0.5+0.5*rnd.Float64(), -j))
		}
	}
	for k := 45; k <= 91; k++ {
		around("switch of table row", 64/(float64(k)+0.5), 3)
		around("where z is zero", 64/float64(k), 3)
	}
	for j := range 52 {
		add("subnormals", math.Float64frombits(rnd.Uint64()>>(12+j)|1))
	}
	for range 2000 { // where logPair's error is largest
		add("1/128 from 1", 1+(1-rnd.Float64()/4)/128, 1-(1-rnd.Float64()/4)/128)
	}
	around("ends", 0x1p-1022, 3)
	add("ends", math.SmallestNonzeroFloat64, 3*math.SmallestNonzeroFloat64, math.MaxFloat64)
	add("close to a float64", 0x1.62a88613629b6p+678, 0x1.ea71d85cee02p-509, 0x1.26e9c4d32796p-232) // Lefèvre, Muller
	for kind, xs := range in {
		kept := xs[:0]
		for _, x := range xs {
			if x > 0 && x != 1 && !math.IsInf(x, 1) {
				kept = append(kept, x)
			}
		}
		in[kind] = kept
	}
	return in
}

func TestLogCorrectlyRounded(t *testing.T) {
	for kind, xs := range logInputs() {
		t.Run(kind, func(t *testing.T) {
			for _, x := range xs {
				if got, want := Log(x), logOracleRound(t, x); got != want {
					t.Errorf("Log(%x) = %x, want %x", x, got, want)
				}
			}
		})
	}
}

// Measures logPair's error against half of logError, which its comment proves. Only next to 1, where ln x has
// few bits to vary, may a set as small as these hold a value that logRound cannot decide.
func TestLogPairError(t *testing.T) {
	for kind, xs := range logInputs() {
		t.Run(kind, func(t *testing.T) {
			worst, at := 0.0, 0.0
			for _, x := range xs {
				hi, lo := logPair(x)
				if e := logPairError(x, hi, lo); !(e <= worst) {
					worst, at = e, x
				}
				if _, ok := logRound(hi, lo); !ok && math.Abs(x-1) > 0x1p-30 {
					t.Errorf("undecided at %x", x)
				}
			}
			t.Logf("%d values, worst error 2^%.2f at %x", len(xs), math.Log2(worst), at)
			if !(worst <= logError/2) {
				t.Errorf("error 2^%.2f at %x exceeds 2^%v", math.Log2(worst), at, math.Log2(logError/2))
			}
		})
	}
}

// logPairError returns |hi + lo - ln x| / |hi|.
func logPairError(x, hi, lo float64) float64 {
	d := logFromUnits(logOracle(x))
	d.Sub(d, big.NewFloat(hi))
	d.Sub(d, big.NewFloat(lo))
	e, _ := d.Quo(d, big.NewFloat(hi)).Float64()
	return math.Abs(e)
}

// logMiddle returns the distance between ln x and the middle of its two neighbours, relative to ln x.
func logMiddle(x float64) float64 {
	y := logFromUnits(logOracle(x))
	near, _ := y.Float64()
	best := math.Inf(1)
	for _, next := range []float64{math.Nextafter(near, math.Inf(1)), math.Nextafter(near, math.Inf(-1))} {
		middle := new(big.Float).SetPrec(60).Add(big.NewFloat(near), big.NewFloat(next))
		middle.SetMantExp(middle, -1)
		d, _ := new(big.Float).Sub(y, middle).Float64()
		best = min(best, math.Abs(d/near))
	}
	return best
}

// logHard holds numbers whose logarithm lies next to the middle between two neighbours.
var logHard = []struct{ x, want float64 }{
	// From the searches of Lefèvre and Muller, 2^-114 to 2^-102 from the middle.
	{0x1.613955dc802f8p-35, -0x1.7f02f9baf6035p+04},
	{0x1.9476e304cd7c7p-384, -0x1.09b60caf47b36p+08},
	{0x1.543d3304d623dp+41, 0x1.cb418eed2a76bp+04},
	{0x1.80a5d10d2ab53p+33, 0x1.747f01a2bfaeep+04},
	{0x1.bc4dd1dc00b0fp+37, 0x1.a32a18700a585p+04},
	{0x1.33e19970f77b8p+33, 0x1.70ef2e31813d1p+04},
	{0x1.73e874fe9220cp+25, 0x1.1b3c004006063p+04},
	{0x1.3eadf7aa84dc7p+44, 0x1.eb7ad11dc0fd1p+04},
	{0x1.bb2ef9f7502b8p+24, 0x1.12f30d3d5dab9p+04},
	{0x1.08ddce0f5ceep+43, 0x1.dd6e168a01acbp+04},
	{0x1.0092086ce40eap+27, 0x1.2b79a65f906fp+04},
	{0x1.e55c5ebe0bfa1p+42, 0x1.dc07c4d9263dcp+04},
	{0x1.03f400be822acp-274, -0x1.7bd062c4df5e8p+07},
	{0x1.129ad2b7d9bd2p-280, -0x1.8405a903e6b5ep+07},
	{0x1.b9f1fa4587967p+00, 0x1.178e6d3ecaceap-01},
	{0x1.3148de47688e4p+01, 0x1.bd09a9185c41cp-01},
	{0x1.547de187239f2p+01, 0x1.f4ebac99e7f5p-01},
	{0x1.4273b202e7ea7p+01, 0x1.d90c8b127fffap-01},
	{0x1.6cb96a5c7519fp+02, 0x1.bd81962e69f6p+00},
	{0x1.156d44309af42p+02, 0x1.7777f456bbf0ep+00},
	// The hardest of 2^34 tried in (0, 1), 2^-89 to 2^-85 from the middle.
	{0x1.4720615c5285ep-02, -0x1.2420c2fc94cdcp+00},
	{0x1.7d406ff9e53e9p-06, -0x1.e15b5d4534dap+01},
	{0x1.48fa0569790dfp-08, -0x1.52d6ed6b04fc2p+02},
	{0x1.b4bc62760a4cp-02, -0x1.b44c1cd0f699dp-01},
	{0x1.56d216d96f509p-06, -0x1.eef50a9b98c78p+01},
	{0x1.192b3e3e56467p-07, -0x1.308733c2124fap+02},
	{0x1.5364d539f85d3p-07, -0x1.247ba3dc77de8p+02},
	{0x1.570b88b796404p-03, -0x1.c968eb5aa7c8p+00},
	// The same among subnormal, small and large numbers, 2^-87.5 to 2^-83.
	{0x1.33a53ec943cp-1030, -0x1.64e1006b75301p+09},
	{0x1.1613ab51904p-1032, -0x1.659f61bdc9d96p+09},
	{0x1.370b909f9ba8p-1029, -0x1.6486df40421ap+09},
	{0x1.2cd8b40e4cp-1034, -0x1.6646c0e79a15dp+09},
	{0x1.ab3839174dd7ep-823, -0x1.1cf9585a72a09p+09},
	{0x1.53801ee59a313p-715, -0x1.ef51644474aacp+08},
	{0x1.d4ba2ac908c2cp+758, 0x1.070154ff1dcf5p+09},
	{0x1.3e884545d5cc5p+550, 0x1.7d7312279867ap+08},
	{0x1.6931786d91281p+364, 0x1.f94cb3d130569p+07},
	{0x1.17806b80ad3bap+1004, 0x1.5c00f90969fdcp+09},
}

// The pair must leave the hard cases to logExact, and logExact must go on until it can tell.
func TestLogHard(t *testing.T) {
	for _, c := range logHard {
		if want := logOracleRound(t, c.x); c.want != want {
			t.Errorf("the table has ln %x = %x, the oracle %x", c.x, c.want, want)
		}
		if d := logMiddle(c.x); d > 0x1p-82 {
			t.Errorf("ln %x is not hard: 2^%.1f from the middle", c.x, math.Log2(d))
		}
		if _, ok := logRound(logPair(c.x)); ok {
			t.Errorf("logRound decides ln %x", c.x)
		}
		if got := Log(c.x); got != c.want {
			t.Errorf("Log(%x) = %x, want %x", c.x, got, c.want)
		}
		for _, bits := range []uint{10, 60} {
			if got := logExact(c.x, bits); got != c.want {
				t.Errorf("logExact(%x) from %d bits = %x, want %x", c.x, bits, got, c.want)
			}
		}
	}
}

// Beside 1 no oracle is needed. ln(1+u) = u - u²/2 + u³/3 - ..., and for some u = 2^-52 j or -2^-53 j the first
// two terms are the very middle between two neighbours. The third makes it the upper one for u > 0 and the
// lower, the one with the larger magnitude, for u < 0.
func TestLogMiddleNextToOne(t *testing.T) {
	seen := 0
	for j := 1.0; j <= 4096; j++ {
		for _, u := range []float64{j * 0x1p-52, -j * 0x1p-53} {
			middle := big.NewFloat(u).SetPrec(120)
			middle.Sub(middle, new(big.Float).SetPrec(120).SetFloat64(u*u/2))
			want, isMiddle := logAway(middle)
			if !isMiddle {
				continue
			}
			seen++
			if _, ok := logRound(logPair(1 + u)); ok {
				t.Errorf("logRound decides ln(1%+x)", u)
			}
			if got := Log(1 + u); got != want {
				t.Errorf("Log(1%+x) = %x, want %x", u, got, want)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d middles", seen)
	}
}

// logAway rounds v to float64 away from zero and reports whether v is the middle between two neighbours.
func logAway(v *big.Float) (away float64, isMiddle bool) {
	up, _ := new(big.Float).SetMode(big.AwayFromZero).SetPrec(53).Set(v).Float64()
	down, _ := new(big.Float).SetMode(big.ToZero).SetPrec(53).Set(v).Float64()
	sum := new(big.Float).SetPrec(120).Add(big.NewFloat(up), big.NewFloat(down))
	return up, up != down && sum.Cmp(new(big.Float).SetMantExp(v, 1)) == 0
}

func TestLogExactAgrees(t *testing.T) {
	for kind, xs := range logInputs() {
		for i := 0; i < len(xs); i += 1 + len(xs)/40 {
			pair, ok := logRound(logPair(xs[i]))
			if exact := logExact(xs[i], logExactBits); ok && exact != pair {
				t.Errorf("%s: logExact(%x) = %x, from the pair %x", kind, xs[i], exact, pair)
			}
		}
	}
}

// logBig claims a relative error below 2^-bits.
func TestLogBigError(t *testing.T) {
	for _, bits := range []uint{10, 64, 128, 200} {
		for kind, xs := range logInputs() {
			for i := 0; i < len(xs); i += 1 + len(xs)/10 {
				want := logFromUnits(logOracle(xs[i]))
				d := new(big.Float).Sub(logBig(xs[i], bits), want)
				if e, _ := d.Quo(d, want).Float64(); !(math.Abs(e) < math.Ldexp(1, -int(bits))) {
					t.Errorf("%s: logBig(%x, %d) is off by 2^%.1f", kind, xs[i], bits, math.Log2(math.Abs(e)))
				}
			}
		}
	}
}

// Recomputes every number that logPair has as a literal.
func TestLogTable(t *testing.T) {
	check := func(what string, y *big.Float, hi, lo float64) {
		t.Helper()
		wantHi := math.RoundToEven(logFloat64(new(big.Float).SetMantExp(y, 43))) * 0x1p-43
		wantLo := logFloat64(new(big.Float).Sub(y, big.NewFloat(wantHi)))
		if hi != wantHi || lo != wantLo {
			t.Errorf("%s is {%x, %x}, want {%x, %x}", what, hi, lo, wantHi, wantLo)
		}
	}
	check("ln 2", logFromUnits(logOracle(2)), logLn2Hi, logLn2Lo)
	for i, row := range logTable {
		k := logTableFirst + i
		if k == 64 {
			if row.hi != 0 || row.lo != 0 {
				t.Errorf("-ln(64/64) is {%x, %x}, want zeros", row.hi, row.lo)
			}
			continue
		}
		y := logFromUnits(logOracle(float64(k) / 64))
		check(fmt.Sprintf("-ln(%d/64)", k), y.Neg(y), row.hi, row.lo)
	}

	third := new(big.Float).SetPrec(400).Quo(big.NewFloat(1), big.NewFloat(3))
	wantHi := logFloat64(third)
	wantLo := logFloat64(third.Sub(third, big.NewFloat(wantHi)))
	if logThirdHi != wantHi || logThirdLo != wantLo {
		t.Errorf("1/3 is %x + %x, want %x + %x", logThirdHi, logThirdLo, wantHi, wantLo)
	}
}

func logFloat64(y *big.Float) float64 {
	f, _ := y.Float64()
	return f
}

// An implementation that shares nothing with this one, and promises an error below 1 ulp. On amd64 it does not
// hold this promise for subnormals.
func TestLogAgainstMath(t *testing.T) {
	differ, total := 0, 0
	for kind, xs := range logInputs() {
		for _, x := range xs {
			if x < 0x1p-1022 {
				continue
			}
			got, other := Log(x), math.Log(x)
			if other < math.Nextafter(got, math.Inf(-1)) || other > math.Nextafter(got, math.Inf(1)) {
				t.Errorf("%s: Log(%x) = %x, math.Log gives %x", kind, x, got, other)
			}
			if total++; got != other {
				differ++
			}
		}
	}
	t.Logf("math.Log differs by 1 ulp on %d of %d", differ, total)
}

func TestLogAllocs(t *testing.T) {
	sum := 0.0
	if n := testing.AllocsPerRun(100, func() {
		for _, x := range []float64{0, 0x1p-1074, 0x1.7p-1, 0.999, 1, 1.01, 4, math.MaxFloat64, math.Inf(1)} {
			sum += Log(x)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLog(b *testing.B) {
	rnd := rand.New(rand.NewPCG(104729, 2))
	xs := make([]float64, 4096)
	for i := range xs {
		xs[i] = rnd.Float64()
	}
	for _, impl := range []struct {
		name string
		log  func(float64) float64
	}{
		{"samebits", Log},
		{"exact", func(x float64) float64 { return logExact(x, logExactBits) }},
		{"math", math.Log},
	} {
		b.Run(fmt.Sprintf("type=float64/impl=%s", impl.name), func(b *testing.B) {
			sum, i := 0.0, 0
			for b.Loop() {
				sum += impl.log(xs[i%len(xs)])
				i++
			}
			if math.IsNaN(sum) {
				b.Fatal("NaN")
			}
		})
	}
}
