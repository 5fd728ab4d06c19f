package bench

import (
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

func TestTrace(t *testing.T) {
	t.Parallel()
	start := time.Now()
	var requests trace
	requests.add(serving.Exchange{Method: "GET /later", Came: start.Add(1500 * time.Millisecond), Took: 21 * time.Millisecond})
	requests.add(serving.Exchange{Method: "Login", Came: start.Add(250 * time.Microsecond), Took: 20500 * time.Microsecond})
	var text strings.Builder
	for range 2 {
		if err := requests.write(&text, "apply", start); err != nil {
			t.Fatal(err)
		}
	}
	want := "# apply\n      0.2     20.5  Login\n   1500.0     21.0  GET /later\n# apply\n"
	if text.String() != want {
		t.Errorf("%q, want %q", text.String(), want)
	}
}
