package zstack

import "unicode/utf8"

// Limits of the API's texts, in characters.
const (
	maxName        = 255
	maxDescription = 2048
)

func checkName(field, name string) *errorCode {
	if name == "" {
		return newError(codeInvalidArgument, "field[%s] cannot be an empty string", field)
	}

	return checkLength(field, name, maxName)
}

func checkLength(field, text string, limit int) *errorCode {
	if length := utf8.RuneCountInString(text); length > limit {
		return newError(codeInvalidArgument, "field[%s] has length[%d], it must not be longer than %d", field, length, limit)
	}

	return nil
}

// checkNaming checks a name and a description; nil leaves one unchanged.
func checkNaming(name, description *string) *errorCode {
	if name != nil {
		if failure := checkName("name", *name); failure != nil {
			return failure
		}
	}
	if description != nil {
		return checkLength("description", *description, maxDescription)
	}

	return nil
}

// namingParams are the parameters that all calls that make a resource share.
type namingParams struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func (p namingParams) check() *errorCode { return checkNaming(&p.Name, &p.Description) }
