package zstack

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]int64{
		"1": 1, "1.0": 1, "0": 0, "-0.0": 0, "8.589934592E9": 8589934592, "8.58E9": 8580000000, "1.073741824E11": 107374182400,
		"null": 0, `""`: 0, `"1.0"`: 1, `" 42 "`: 42, "-3": -3, "1e3": 1000, "1E+3": 1000, "120e-1": 12,
		"9223372036854775807": math.MaxInt64, "9.223372036854775807E18": math.MaxInt64, "-9223372036854775808": math.MinInt64,
		"9007199254740993": 9007199254740993, "9.007199254740993E15": 9007199254740993,
	} {
		var got number
		if err := json.Unmarshal([]byte(give), &got); err != nil || int64(got) != want {
			t.Errorf("%s is %d, %v, want %d", give, got, err, want)
		}
	}
	for _, give := range []string{"1.5", "9223372036854775808", "1E999999999", `"a"`, `"0x10"`, "true", "{}", "[1]", `"Infinity"`, `"NaN"`, "1e-1"} {
		var got number
		if err := json.Unmarshal([]byte(give), &got); err == nil {
			t.Errorf("%s is %d, want an error", give, got)
		}
	}
}

func TestFlag(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]bool{"true": true, "false": false, "null": false, `"true"`: true, `"False"`: false, `""`: false} {
		var got flag
		if err := json.Unmarshal([]byte(give), &got); err != nil || bool(got) != want {
			t.Errorf("%s is %t, %v", give, got, err)
		}
	}
	var got flag
	if err := json.Unmarshal([]byte(`"maybe"`), &got); err == nil {
		t.Error("maybe is a boolean")
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]string{
		`"Nov 14, 2017 10:20:57 PM"`: "Nov 14, 2017 10:20:57 PM", "null": "", "1510669257000": "1510669257000",
		"1.510669257E12": "1510669257000", `""`: "", `"2017年11月14日"`: "2017年11月14日",
	} {
		var got date
		if err := json.Unmarshal([]byte(give), &got); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", give, got, err)
		}
	}
	var got date
	if err := json.Unmarshal([]byte("{}"), &got); err == nil {
		t.Error("an object is a date")
	}
}

// FuzzNumber: what is taken for an integer is that integer, as every other way to read it agrees.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"1.0", "8.58E9", "null", `"7"`, "1e400", "-0", "9.3e18", "0x1p4", "1_000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got number
		if json.Unmarshal([]byte(text), &got) != nil {
			return
		}
		var plain float64
		if json.Unmarshal([]byte(text), &plain) == nil && math.Abs(plain-float64(got)) > math.Abs(plain)*1e-15 {
			t.Errorf("%q is %d, want %v", text, got, plain)
		}
		var exact int64
		if json.Unmarshal([]byte(text), &exact) == nil && exact != int64(got) {
			t.Errorf("%q is %d, want %d", text, got, exact)
		}
		var again number
		if err := json.Unmarshal([]byte(strconv.FormatInt(int64(got), 10)), &again); err != nil || again != got {
			t.Errorf("%d read again is %d, %v", got, again, err)
		}
	})
}
