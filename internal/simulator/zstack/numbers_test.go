package zstack_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestFloatNumbers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		floats bool
		want   []string
	}{
		"integers": {false, []string{`"cpuNum":1`, `"memorySize":1073741824`, `"size":10737418240`, `"deviceId":0`, `"total":1`}},
		"doubles": {true, []string{
			`"cpuNum":1.0`, `"memorySize":1.073741824E9`, `"size":1.073741824E10`, `"deviceId":0.0`, `"total":1.0`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startFront(t, zstacksim.Options{FloatNumbers: test.floats})
			c := logIn(t, server)
			got := c.do(http.MethodGet, "/v1/vm-instances?q=name=golden&q=cpuNum=1&replyWithCount=true", nil).wantStatus(t, http.StatusOK)
			for _, part := range test.want {
				if !regexp.MustCompile(regexp.QuoteMeta(part) + `[,}\]]`).MatchString(got.body) {
					t.Errorf("no %s in %s", part, got.body)
				}
			}
			clone := object{"cloneVmInstance": object{"names": []string{"one"}}}
			job := c.end(c.start(http.MethodPut, actionsOf(t, server, "golden"), clone)).wantStatus(t, http.StatusOK)
			if want := map[bool]string{false: `"numberOfClonedVm":1`, true: `"numberOfClonedVm":1.0`}[test.floats]; !strings.Contains(job.body, want) {
				t.Errorf("no %s in %s", want, job.body)
			}
		})
	}
}
