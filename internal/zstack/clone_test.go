package zstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"
)

var change = httpapi.Call{Op: "CloneVmInstance", Object: golden, Effect: httpapi.Changes}

func entry(name string) string {
	return fmt.Sprintf(`{"inventory":{"uuid":"uuid of %s","name":%q}}`, name, name)
}

const (
	noHost    = `{"error":{"code":"HOST_ALLOCATION.1000"}}`
	noStorage = `{"error":{"code":"VM.1000","cause":{"code":"PS.1000"}}}`
	forB      = `{"error":{"code":"HOST_ALLOCATION.1000","details":"no host for vm[name:b]"}}`
	forA      = `{"error":{"code":"VM.1000","cause":{"code":"L3.1000","details":"no address is left for a."}}}`
	forAB     = `{"error":{"code":"L3.1000","details":"no address is left for a-b"}}`
)

func TestDecodeClones(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		n       string
		entries []string
		want    map[string]string // by name: "" its VM, else the code; with "?" where it may exist all the same
	}{
		"all":                     {"2.0", []string{entry("b"), entry("a")}, map[string]string{"a": "", "b": ""}},
		"in part":                 {"1", []string{noHost, entry("b")}, map[string]string{"a": "HOST_ALLOCATION.1000", "b": ""}},
		"errors by name":          {"0", []string{forB, forA}, map[string]string{"a": "L3.1000", "b": "HOST_ALLOCATION.1000"}},
		"one by name":             {"0", []string{noStorage, forA}, map[string]string{"a": "L3.1000", "b": "PS.1000"}},
		"both by the name of one": {"0", []string{forA, forA}, map[string]string{"a": "L3.1000", "b": "SYS.1006"}},
		"a name within another":   {"0", []string{forAB}, map[string]string{"a": "L3.1000", "b": "L3.1000"}},
		"errors without names":    {"0", []string{noStorage, noHost}, map[string]string{"a": "SYS.1006", "b": "SYS.1006"}},
		"twice the same error":    {"0", []string{noHost, noHost}, map[string]string{"a": "HOST_ALLOCATION.1000", "b": "HOST_ALLOCATION.1000"}},
		"fewer errors than names": {"0", []string{noHost}, map[string]string{"a": "HOST_ALLOCATION.1000", "b": "HOST_ALLOCATION.1000"}},
		"more errors than names":  {"1", []string{noHost, noStorage, entry("a")}, map[string]string{"a": "", "b": "SYS.1006"}},
		"none":                    {"0.0", nil, map[string]string{"a": "SYS.1006", "b": "SYS.1006"}},
		"counted but not shown":   {"2", []string{entry("a")}, map[string]string{"a": "", "b": "SYS.1006?"}},
		"no count":                {"null", []string{entry("a"), noHost}, map[string]string{"a": "", "b": "HOST_ALLOCATION.1000"}},
		"VM and error":            {"1", []string{`{"inventory":{"uuid":"uuid of a","name":"a"},"error":{"code":"VM.1001"}}`, noHost}, map[string]string{"a": "", "b": "HOST_ALLOCATION.1000"}},
		"empty entries":           {"0", []string{"{}", `{"inventory":{}}`, `{"inventory":null,"error":null}`}, map[string]string{"a": "SYS.1006", "b": "SYS.1006"}},
		"the only other name":     {"2", []string{entry("A "), entry("b")}, map[string]string{"a": "", "b": ""}},
		"another and an error":    {"2", []string{entry("x"), entry("b"), noHost}, map[string]string{"a": "HOST_ALLOCATION.1000", "b": ""}},
		"two others":              {"2", []string{entry("x"), entry("y")}, map[string]string{"a": "SYS.1006?", "b": "SYS.1006?"}},
		"twice the same name":     {"2", []string{entry("a"), entry("a")}, map[string]string{"a": "", "b": ""}},
	}
	for name, tt := range tests {
		for _, text := range []string{
			fmt.Sprintf(`{"result":{"numberOfClonedVm":%s,"inventories":[%s]}}`, tt.n, strings.Join(tt.entries, ",")),
			fmt.Sprintf(`{"numberOfClonedVm":%s,"inventories":[%s]}`, tt.n, strings.Join(tt.entries, ",")),
		} {
			told, err := decodeClones(json.RawMessage(text))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got := make(map[string]string)
			for _, wanted := range []string{"a", "b"} {
				vm, err := told.of(change, []string{"a", "b"}, wanted)
				switch failure, isOurs := errors.AsType[*apierr.Error](err); {
				case err == nil && vm.UUID == "":
					t.Errorf("%s: %s is no VM", name, wanted)
				case err == nil:
					got[wanted] = ""
				case !isOurs:
					t.Errorf("%s: %v", name, err)
				case failure.AnswerLost:
					got[wanted] = failure.Code + "?"
				default:
					got[wanted] = failure.Code
				}
			}
			if !maps.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", name, got, tt.want)
			}
		}
	}
}

// cloneServer makes what it is asked for, but for names that begin with "no".
func cloneServer(t *testing.T) func(m message) reply {
	t.Helper()
	var mu sync.Mutex
	results := make(map[string]string)

	return func(m message) reply {
		mu.Lock()
		defer mu.Unlock()
		if m.polled() {
			return ok(results[m.line[strings.LastIndexByte(m.line, '/')+1:]])
		}
		var body job.CloneBody
		if err := json.Unmarshal([]byte(m.body), &body); err != nil {
			t.Error(err)
		}
		var entries []string
		for _, name := range slices.Backward(body.Clone.Names) {
			if strings.HasPrefix(name, "no") {
				entries = append(entries, noHost)
			} else {
				entries = append(entries, entry(name))
			}
		}
		results[m.header.Get(conn.JobHeader)] = fmt.Sprintf(`{"result":{"inventories":[%s]}}`, strings.Join(entries, ","))

		return acceptedReply(m)
	}
}

// namesOf returns the names of each clone call, in the order they were sent.
func namesOf(server *scriptedServer) []string {
	var calls []string
	for _, m := range server.sent() {
		var body job.CloneBody
		if !m.polled() && json.Unmarshal([]byte(m.body), &body) == nil {
			calls = append(calls, strings.Join(body.Clone.Names, " "))
		}
	}
	slices.Sort(calls)

	return calls
}

func TestClone_shared(t *testing.T) {
	t.Parallel()
	many := func(n int) []CloneSpec {
		var specs []CloneSpec
		for i := range n {
			specs = append(specs, CloneSpec{Name: fmt.Sprintf("%03d", i)})
		}

		return specs
	}
	tests := map[string]struct {
		specs []CloneSpec
		calls []string // nil: count alone
		count int
	}{
		"equal settings":   {specs: []CloneSpec{{Name: "c"}, {Name: "a"}, {Name: "no b"}}, calls: []string{"a c no b"}},
		"equal names":      {specs: []CloneSpec{{Name: "a"}, {Name: "a"}, {Name: "b"}, {Name: "a"}}, count: 3},
		"another strategy": {specs: []CloneSpec{{Name: "a"}, {Name: "b", Strategy: StrategyJustCreate}}, calls: []string{"a", "b"}},
		"full":             {specs: []CloneSpec{{Name: "a"}, {Name: "b", Full: true}}, calls: []string{"a", "b"}},
		"tags":             {specs: []CloneSpec{{Name: "a", SystemTags: []string{"x"}}, {Name: "b", UserTags: []string{"x"}}, {Name: "c"}}, calls: []string{"a", "b", "c"}},
		"order of tags":    {specs: []CloneSpec{{Name: "a", SystemTags: []string{"x", "y"}}, {Name: "b", SystemTags: []string{"y", "x"}}}, calls: []string{"a b"}},
		"volumes' tags":    {specs: []CloneSpec{{Name: "a", RootVolumeSystemTags: []string{"x"}}, {Name: "b", DataVolumeSystemTags: []string{"x"}}}, calls: []string{"a", "b"}},
		"placement":        {specs: []CloneSpec{{Name: "a", ClusterUUID: "x"}, {Name: "b", HostUUID: "x"}, {Name: "c", PrimaryStorageUUIDForRootVolume: "x"}, {Name: "d", PrimaryStorageUUIDForDataVolume: "x"}}, calls: []string{"a", "b", "c", "d"}},
		"another source":   {specs: []CloneSpec{{Name: "a"}, {Name: "b", SourceUUID: made}}, calls: []string{"a", "b"}},
		"as many as fit":   {specs: many(job.MaxClones), count: 1},
		"one more":         {specs: many(job.MaxClones + 1), count: 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newScripted(t, cloneServer(t))
				var callers sync.WaitGroup
				for _, spec := range tt.specs {
					if spec.SourceUUID == "" {
						spec.SourceUUID = golden
					}
					callers.Go(func() {
						handle, err := client.Clone(t.Context(), spec)
						if err != nil {
							t.Errorf("%s: %v", spec.Name, err)

							return
						}
						vm, err := task.Wait(t.Context(), handle)
						if fails := strings.HasPrefix(spec.Name, "no"); fails && !apierr.Is(err, apierr.Insufficient) ||
							!fails && (err != nil || vm.Name != spec.Name) {
							t.Errorf("%s: %+v, %v", spec.Name, vm, err)
						}
					})
				}
				callers.Wait()
				calls := namesOf(server)
				if tt.calls != nil && !slices.Equal(calls, tt.calls) || tt.calls == nil && len(calls) != tt.count {
					t.Errorf("calls %q", calls)
				}
				if polls := len(server.sent()) - len(calls); polls != len(calls) {
					t.Errorf("%d polls of %d jobs", polls, len(calls))
				}
			})
		})
	}
}

// TestClone_refused tells each caller of a call that the platform refused.
func TestClone_refused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := newScripted(t, func(message) reply { return reply{status: http.StatusBadRequest, body: "no such action"} })
		var callers sync.WaitGroup
		for _, name := range []string{"a", "b"} {
			callers.Go(func() {
				_, err := client.Clone(t.Context(), CloneSpec{SourceUUID: golden, Name: name})
				if failure := asFailure(t, err); failure.Kind != apierr.InvalidArgument || failure.Object != golden || failure.AnswerLost {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		callers.Wait()
		if _, err := client.Clone(t.Context(), CloneSpec{SourceUUID: golden}); !apierr.Is(err, apierr.InvalidArgument) {
			t.Errorf("no name: %v", err)
		}
	})
}

// FuzzDecodeClones: whatever an answer holds, every name has a VM or an error, and no VM goes to two names.
func FuzzDecodeClones(f *testing.F) {
	f.Add(`{"result":{"numberOfClonedVm":1.0,"inventories":[{"inventory":{"uuid":"u","name":"a"}},{"error":{"code":"SYS.1006"}}]}}`)
	f.Add(`{"result":{"inventories":[{"inventory":{"uuid":"u","name":"x"}}]}}`)
	f.Add(`{"numberOfClonedVm":9E18,"inventories":[null,{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		told, err := decodeClones(json.RawMessage(text))
		if err != nil {
			return
		}
		var machines []*VirtualMachine
		for _, name := range []string{"a", "b"} {
			vm, err := told.of(change, []string{"a", "b"}, name)
			if (err == nil) != (vm != nil && vm.UUID != "") {
				t.Errorf("%q: %s is %+v, %v", text, name, vm, err)
			}
			if err == nil {
				if slices.Contains(machines, vm) {
					t.Errorf("%q: %s has another's VM", text, name)
				}
				machines = append(machines, vm)
			}
		}
	})
}
