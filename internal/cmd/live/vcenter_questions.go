package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// awkward is a name with the characters that vCenter escapes.
const awkward = " 50% a/b"

// How a name with those characters is told.
const (
	literally = "literally"
	escaped   = "escaped"
	twice     = "escaped twice"
)

// questions are what no documentation tells of vSphere.
func (v *vcenter) questions() []question {
	return []question{
		{"The id of a clone's CIS task has the form", "UUID:service", v.formOfTask},
		{"The target of a clone's CIS task, while it runs and afterwards, is", "the source", v.targetOfTask},
		{"A CIS task that is not known is answered with", "NOT_FOUND (404)", v.unknownTask},
		{"A list of CIS tasks with one that is not known is answered with", "the others (200)", v.listUnknownTask},
		{"REST tells a name with % and /", literally, v.restName},
		{"SOAP tells the name of a VM with % and /", escaped, v.soapName},
		{"SOAP tells the name of a snapshot that was sent escaped", escaped, v.snapshotName},
		{"A second VM whose name differs in case alone is", "made", v.caseOfNames},
		{"The creation date of an instant clone is", "its own", v.creationDate},
		{"Two instant clones of one source at a time: the second is", "refused with TaskInProgress", v.concurrent},
		{"A REST clone into the pool of a cluster without DRS, without a host, is answered with", "INVALID_ARGUMENT (400)", v.withoutHost},
		{"A VM that the login may not see is told as", notPlayed, v.invisible},
		{"A CIS task that ended some minutes ago is", "known", v.retention},
	}
}

var uuidAndService = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[A-Za-z0-9_.]+$`)

// clone starts a REST clone of the source, and returns its task.
func (v *vcenter) clone(ctx context.Context, name string) (task string, err error) {
	answer, err := v.rest.call(ctx, http.MethodPost, "/api/vcenter/vm?action=clone&vmw-task=true", map[string]any{
		"source": v.source.Reference().Value, "name": name, "placement": map[string]any{"folder": v.folder.Reference().Value},
	})
	if err != nil {
		return "", err
	}

	return task, answer.into(&task)
}

// cisTask is what GET /api/cis/tasks/{task} tells.
type cisTask struct {
	Status string `json:"status"`
	Target *struct {
		ID string `json:"id"`
	} `json:"target"`
	Result any `json:"result"`
}

func (v *vcenter) readTask(ctx context.Context, id string) (cisTask, error) {
	var told cisTask
	answer, err := v.rest.call(ctx, http.MethodGet, "/api/cis/tasks/"+url.PathEscape(id), nil)
	if err != nil {
		return told, err
	}

	return told, answer.into(&told)
}

// watch reads a task until it has ended, and returns each different reading of its target.
func (v *vcenter) watch(ctx context.Context, id string) (targets []string, ended cisTask, err error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		told, err := v.readTask(ctx, id)
		if err != nil {
			return targets, told, err
		}
		target := "absent"
		if told.Target != nil && told.Target.ID != "" {
			target = "another object"
			if told.Target.ID == v.source.Reference().Value {
				target = "the source"
			} else if told.Target.ID == told.Result {
				target = "the new VM"
			}
		}
		if len(targets) == 0 || targets[len(targets)-1] != target {
			targets = append(targets, target)
		}
		if told.Status == "SUCCEEDED" || told.Status == "FAILED" {
			return targets, told, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return targets, told, fmt.Errorf("wait for a task: %w", ctx.Err())
		}
	}
}

func (v *vcenter) formOfTask(ctx context.Context) (string, error) {
	task, err := v.clone(ctx, v.prefix+"-form")
	if err != nil {
		return "", err
	}
	v.task = task
	if _, _, err := v.watch(ctx, task); err != nil {
		return "", err
	}
	switch {
	case uuidAndService.MatchString(task):
		return "UUID:service", nil
	case strings.HasPrefix(task, "task-"):
		return "task-N", nil
	default:
		return "another one", nil
	}
}

func (v *vcenter) targetOfTask(ctx context.Context) (string, error) {
	task, err := v.clone(ctx, v.prefix+"-target")
	if err != nil {
		return "", err
	}
	targets, _, err := v.watch(ctx, task)

	return strings.Join(targets, ", then "), err
}

// unknown is an id of the same form as a known task's, of no task.
func (v *vcenter) unknown() string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '8' {
			return r + 1
		}

		return r
	}, v.task)
}

func (v *vcenter) unknownTask(ctx context.Context) (string, error) {
	if v.task == "" {
		return "", notAsked("no task is at hand")
	}
	answer, err := v.rest.call(ctx, http.MethodGet, "/api/cis/tasks/"+url.PathEscape(v.unknown()), nil)

	return answer.problem(), err
}

func (v *vcenter) listUnknownTask(ctx context.Context) (string, error) {
	if v.task == "" {
		return "", notAsked("no task is at hand")
	}
	answer, err := v.rest.call(ctx, http.MethodPost, "/api/cis/tasks?action=list", map[string]any{
		"filter_spec": map[string]any{"tasks": []string{v.task, v.unknown()}},
	})
	var listed map[string]any
	if err == nil && answer.into(&listed) == nil {
		return fmt.Sprintf("the others (%d)", answer.status), nil
	}

	return answer.problem(), err
}

func (v *vcenter) retention(ctx context.Context) (string, error) {
	if v.task == "" {
		return "", notAsked("no task is at hand")
	}
	answer, err := v.rest.call(ctx, http.MethodGet, "/api/cis/tasks/"+url.PathEscape(v.task), nil)
	if err == nil && answer.status == http.StatusOK {
		return "known", nil
	}

	return answer.problem(), err
}

// escape escapes a name as vCenter does.
var escape = strings.NewReplacer("%", "%25", "/", "%2f")

// spelling says how a name is told.
func spelling(name, told string) string {
	once := escape.Replace(name)
	switch told {
	case name:
		return literally
	case once:
		return escaped
	case strings.ReplaceAll(once, "%", "%25"):
		return twice
	default:
		return "in another way"
	}
}

// awkwardVM makes a machine with an awkward name, by REST.
func (v *vcenter) awkwardVM(ctx context.Context, suffix string) (sent, id string, err error) {
	sent = v.prefix + suffix + awkward
	task, err := v.clone(ctx, sent)
	if err != nil {
		return sent, "", err
	}
	_, ended, err := v.watch(ctx, task)
	id, made := ended.Result.(string)
	if err == nil && !made {
		err = wrong("the clone's task ends without a result")
	}

	return sent, id, err
}

func (v *vcenter) restName(ctx context.Context) (string, error) {
	sent, id, err := v.awkwardVM(ctx, "-rest")
	if err != nil {
		return "", err
	}
	answer, err := v.rest.call(ctx, http.MethodGet, "/api/vcenter/vm/"+id, nil)
	if err != nil {
		return "", err
	}
	var vm struct {
		Name string `json:"name"`
	}
	err = answer.into(&vm)

	return spelling(sent, vm.Name), err
}

func (v *vcenter) soapName(ctx context.Context) (string, error) {
	sent, id, err := v.awkwardVM(ctx, "-soap")
	if err != nil {
		return "", err
	}
	var vm mo.VirtualMachine
	err = v.read(ctx, types.ManagedObjectReference{Type: "VirtualMachine", Value: id}, []string{"name"}, &vm)

	return spelling(sent, vm.Name), err
}

func (v *vcenter) snapshotName(ctx context.Context) (string, error) {
	task, err := v.clone(ctx, v.prefix+"-snapshot")
	if err != nil {
		return "", err
	}
	_, ended, err := v.watch(ctx, task)
	id, made := ended.Result.(string)
	if err != nil || !made {
		return "", wrong("the clone's task ends without a result: %v", err)
	}
	ref := types.ManagedObjectReference{Type: "VirtualMachine", Value: id}
	if err := v.await(ctx)(object.NewVirtualMachine(v.client.Client, ref).CreateSnapshot(ctx, escape.Replace(awkward), "", false, false)); err != nil {
		return "", err
	}
	var vm mo.VirtualMachine
	if err := v.read(ctx, ref, []string{"snapshot"}, &vm); err != nil {
		return "", err
	}
	if vm.Snapshot == nil || len(vm.Snapshot.RootSnapshotList) == 0 {
		return "", wrong("the VM has no snapshot")
	}

	return spelling(awkward, vm.Snapshot.RootSnapshotList[0].Name), nil
}

// caseOfNames makes a second machine in the folder, whose name differs from another one's in case alone.
func (v *vcenter) caseOfNames(ctx context.Context) (string, error) {
	err := v.await(ctx)(v.source.Clone(ctx, v.folder, v.prefix+"-FORM", types.VirtualMachineCloneSpec{}))

	return outcome(err, "made")
}

// outcome is how a call ended: by the word for success, or by the name of its fault.
func outcome(err error, success string) (string, error) {
	if err == nil {
		return success, nil
	}
	var name string
	fault.In(err, func(told types.BaseMethodFault, _ string, _ []types.LocalizableMessage) bool {
		name = faultName(told)

		return true
	})
	if name == "" {
		return "", err
	}

	return name, nil
}
