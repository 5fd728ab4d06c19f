package vcenter

import "net/http"

// maxTasksListed is how many tasks one list may name.
const maxTasksListed = 1000

// getTask answers GET /api/cis/tasks/{task}.
func (s *restAPI) getTask(c *restCall) (int, any, *problem) {
	record, p := s.findCISTask(c.params["task"])
	if p != nil {
		return 0, nil, p
	}

	return http.StatusOK, s.tasks.describe(record), nil
}

func (s *restAPI) findCISTask(id string) (*taskRecord, *problem) {
	record, ok := s.tasks.find(id)
	if !ok || record.cisID != id {
		return nil, &problem{errorType: errorNotFound, messages: []string{"The task " + id + " was not found."}}
	}

	return record, nil
}

// listTasks answers POST /api/cis/tasks?action=list.
func (s *restAPI) listTasks(c *restCall) (int, any, *problem) {
	var body struct {
		FilterSpec cisFilter `json:"filter_spec"`
		ResultSpec *struct {
			ReturnAll     bool `json:"return_all"`
			ExcludeResult bool `json:"exclude_result"`
		} `json:"result_spec"`
	}
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}

	return s.tasksMatching(body.FilterSpec)
}

// listTasksByQuery answers GET /api/cis/tasks with the filter as query parameters.
func (s *restAPI) listTasksByQuery(c *restCall) (int, any, *problem) {
	return s.tasksMatching(cisFilter{
		Tasks: c.query["tasks"], Services: c.query["services"], Status: c.query["status"], Users: c.query["users"],
	})
}

func (s *restAPI) tasksMatching(filter cisFilter) (int, any, *problem) {
	if len(filter.Tasks) == 0 && len(filter.Services) == 0 {
		return 0, nil, &problem{
			errorType: errorInvalidArgument, messages: []string{"The filter names neither tasks nor services."},
		}
	}
	if len(filter.Tasks) > maxTasksListed {
		return 0, nil, &problem{errorType: errorInvalidArgument, messages: []string{"The filter names more than 1000 tasks."}}
	}
	found := s.tasks.matching(filter)
	for _, id := range filter.Tasks {
		if record, known := s.tasks.find(id); s.strictTasks && (!known || record.cisID != id) {
			return 0, nil, &problem{errorType: errorInvalidArgument, messages: []string{"The task " + id + " is not valid."}}
		}
	}

	return http.StatusOK, found, nil
}

// cancelTask answers POST /api/cis/tasks/{task}?action=cancel.
func (s *restAPI) cancelTask(c *restCall) (int, any, *problem) {
	record, p := s.findCISTask(c.params["task"])
	if p != nil {
		return 0, nil, p
	}
	if !sameUser(record.user, c.user) {
		if p := s.users.require(c.user, "Global.CancelTask", record.entity); p != nil {
			return 0, nil, p
		}
	}
	if !s.tasks.cancelTask(record) {
		return 0, nil, &problem{
			errorType: errorNotAllowedInCurrentState,
			messages:  []string{"The task " + record.cisID + " has ended or can no longer be canceled."},
		}
	}

	return http.StatusNoContent, nil, nil
}
