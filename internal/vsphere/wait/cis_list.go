package wait

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// ListCIS asks for many tasks at once. A task that vCenter does not know is absent from the answer.
func (t *Tasks) ListCIS(ctx context.Context, ids []string) (map[string]CISTask, error) {
	found := make(map[string]CISTask, len(ids))
	err := t.conn.REST(ctx, conn.Request{
		Call:   httpapi.Call{Op: listOp},
		Method: http.MethodPost, Path: cisTasksPath, Query: url.Values{"action": {"list"}},
		In: map[string]any{"filter_spec": map[string]any{"tasks": ids}}, Out: &found,
	})
	if apierr.Is(err, apierr.NotFound, apierr.InvalidArgument) {
		// One unknown task may fail the call for all, by either error: halve it until the culprit is alone.
		return t.listHalves(ctx, ids)
	}

	return found, err
}

func (t *Tasks) listHalves(ctx context.Context, ids []string) (map[string]CISTask, error) {
	if len(ids) <= 1 {
		return nil, nil //nolint:nilnil // the one task is unknown: an empty answer
	}
	found, err := t.ListCIS(ctx, ids[:len(ids)/2])
	if err != nil {
		return nil, err
	}
	others, err := t.ListCIS(ctx, ids[len(ids)/2:])
	if err != nil {
		return nil, err
	}
	all := make(map[string]CISTask, len(ids))
	for _, half := range []map[string]CISTask{found, others} {
		maps.Copy(all, half)
	}

	return all, nil
}

// RunningClones returns the clones that have not ended, of any process and any source, by task id. It asks by service because a lost
// answer leaves no id to ask for; what a task's target is differs.
func (t *Tasks) RunningClones(ctx context.Context) (map[string]CISTask, error) {
	found := make(map[string]CISTask)
	err := t.conn.REST(ctx, conn.Request{
		Call:   httpapi.Call{Op: listOp},
		Method: http.MethodPost, Path: cisTasksPath, Query: url.Values{"action": {"list"}},
		In: map[string]any{"filter_spec": map[string]any{
			"services": []string{"com.vmware.vcenter.VM"}, "status": []string{"PENDING", "RUNNING", "BLOCKED"},
		}},
		Out: &found,
	})
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(found, func(_ string, info CISTask) bool {
		return !strings.HasPrefix(info.Operation, "clone") || info.State().Done()
	})

	return found, nil
}
