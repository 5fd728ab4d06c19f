package zstack

import "testing"

func TestJavaDouble(t *testing.T) {
	t.Parallel()
	for integer, want := range map[string]string{
		"0": "0.0", "1": "1.0", "-1": "-1.0", "9999999": "9999999.0", "10000000": "1.0E7", "10000001": "1.0000001E7",
		"8589934592": "8.589934592E9", "107374182400": "1.073741824E11", "-21474836480": "-2.147483648E10",
		"9223372036854775807": "9.223372036854776E18", "1.5": "1.5", "2E3": "2E3",
	} {
		if got := javaDouble(integer); got != want {
			t.Errorf("%s: got %s, want %s", integer, got, want)
		}
	}
}
