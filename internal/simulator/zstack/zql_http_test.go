package zstack_test

import (
	"net/http"
	"net/url"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestZQLOverHTTP asks in ZStack's query language; zql_test.go has the table of its statements.
func TestZQLOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 1})
	zql := func(by *caller, text string) reply {
		return by.do(http.MethodGet, "/v1/zql?zql="+url.QueryEscape(text), nil)
	}
	zql(b.caller, "query vmInstance.name where state='Running' order by name asc return").wantError(t, "SYS.1000")
	zql(b.caller, "query vmInstance.name where state='Running' order by name asc;count VMInstance named as 'all'").
		wantText(t, http.StatusOK, `{"results":[{"inventories":[{"name":"golden"},{"name":"vm-0"}]},{"name":"all","total":3}]}`)
	zql(b.caller, "count VmInstance where hypervisorType='KVM' group by state").
		wantText(t, http.StatusOK, `{"results":[{"inventoryCounts":[[{"state":"Running"},2],[{"state":"Stopped"},1]],"total":3}]}`)
	b.tag("/v1/user-tags", "VmInstanceVO", golden(b), "it's")
	zql(b.caller, "query VmInstance.name where __userTag__='it''s' return with (total)").
		wantText(t, http.StatusOK, `{"results":[{"inventories":[{"name":"golden"}],"total":1}]}`)
	zql(b.caller, "query VmInstance.name restrict by (__userTag__ not like 'it%') order by name asc").
		wantText(t, http.StatusOK, `{"results":[{"inventories":[{"name":"golden-stopped"},{"name":"vm-0"}]}]}`)
	zql(b.caller, "query Nonsense").wantError(t, "SYS.1000")
	b.do(http.MethodGet, "/v1/zql", nil).wantError(t, "SYS.1007")

	// An account sees by ZQL what it sees by any query.
	account, _, _ := b.server.AddAccount("alice", "secret")
	alice := logInAs(t, b.server, "alice", "secret")
	zql(alice, "query VmInstance;query VmNic;count Volume").wantText(t, http.StatusOK, `{"results":[{"inventories":[]},{"inventories":[]},{"total":0}]}`)
	must(t, b.server.ShareVM(golden(b), account, true))
	zql(alice, "query VmInstance.name;query VmNic.ip;count Volume").
		wantText(t, http.StatusOK, `{"results":[{"inventories":[{"name":"golden"}]},{"inventories":[{"ip":"10.20.0.10"}]},{"total":2}]}`)
}
