package lifecycle

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestRegistryLeaving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var registry Registry
		registry.Leave("vm-1", "b", "a", "")
		registry.Leave("vm-2", "c")
		if got := registry.Leaving("vm-1"); !slices.Equal(got, []string{"a", "b"}) || !registry.Leaves("c") || registry.Leaves("d") || registry.Leaves("") {
			t.Errorf("leaving: %q", got)
		}
		go func() {
			<-time.After(time.Second)
			registry.Leave("vm-1", "late")
		}()
		began := time.Now()
		if staying := registry.AwaitLeaving(t.Context(), []string{"a", "late"}, time.Minute); len(staying) != 0 || time.Since(began) > 2*time.Second {
			t.Errorf("staying: %q after %s", staying, time.Since(began))
		}
		began = time.Now()
		if staying := registry.AwaitLeaving(t.Context(), []string{"a", "never"}, time.Minute); !slices.Equal(staying, []string{"never"}) || time.Since(began) != time.Minute {
			t.Errorf("staying: %q after %s", staying, time.Since(began))
		}
	})
}
