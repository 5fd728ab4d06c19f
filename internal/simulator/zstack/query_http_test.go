package zstack_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestQueryVMs queries over HTTP; query_test.go has the table of all operators.
func TestQueryVMs(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{VMs: 3})
	c := logIn(t, server)
	uuid := func(name string) string { return server.ID("vm", name) }
	golden, _ := server.VM("golden")
	for query, want := range map[string]string{
		"sort=name": "golden golden-stopped vm-0 vm-1 vm-2",
		"q=" + url.QueryEscape("uuid?="+uuid("vm-2")+","+uuid("golden")) + "&sort=-name": "vm-2 golden",
		"q=uuid?=" + uuid("vm-0") + ",nonsense":                                          "vm-0",
		"q=uuid?=":                                                                       "",
		"q=name?=vm-1,golden&sort=+name":                                                 "golden vm-1",
		"q=state!=Running":                                                               "golden-stopped",
		"q=hostUuid%20is%20null":                                                         "golden-stopped",
		"q=vmNics.ip=" + golden.IPAddresses[0]:                                           "golden",
		"q=allVolumes.type=Data":                                                         "golden",
		"q=name~=vm-%25&sort=-name&limit=2":                                              "vm-2 vm-1",
		"q=name~=vm-%25&sort=name&start=1":                                               "vm-1 vm-2",
		"q=name~=vm-%25&fields=name&sort=name":                                           "vm-0 vm-1 vm-2",
		"q=state=Running&q=name=golden-stopped":                                          "",
		"q=description+not+null":                                                         "golden",
	} {
		if got := strings.Join(names(t, c.do(http.MethodGet, "/v1/vm-instances?"+query, nil)), " "); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	c.do(http.MethodGet, "/v1/vm-instances?count=true&q=state=Running", nil).wantText(t, http.StatusOK, `{"total":4}`)
	c.do(http.MethodGet, "/v1/vm-instances?fields=name&sort=name&limit=1&replyWithCount=true", nil).
		wantText(t, http.StatusOK, `{"inventories":[{"name":"golden"}],"total":5}`)
	c.do(http.MethodGet, "/v1/vm-instances?q=nonsense=1", nil).wantError(t, "SYS.1000")
	c.do(http.MethodGet, "/v1/vm-instances?limit=-1", nil).wantError(t, "SYS.1007")
}

// TestQueryDefaultLimit checks that a query without a limit returns a thousand records.
func TestQueryDefaultLimit(t *testing.T) {
	t.Parallel()
	c := logIn(t, startFront(t, zstacksim.Options{VMs: 1100}))
	if got := len(names(t, c.do(http.MethodGet, "/v1/vm-instances?fields=name", nil))); got != 1000 {
		t.Errorf("%d VMs", got)
	}
	if got := len(names(t, c.do(http.MethodGet, "/v1/vm-instances?fields=name&limit=5000", nil))); got != 1102 {
		t.Errorf("%d VMs", got)
	}
}
