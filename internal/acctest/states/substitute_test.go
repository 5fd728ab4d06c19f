package states_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// alike are the properties that are the same in every simulator.
var alike = map[string]bool{"label": true, "name": true, "path": true, "file": true, "createDate": true, "lastOpDate": true}

// flatten names each text of a decoded JSON value by the way to it.
func flatten(name string, value any, into map[string]string) {
	switch value := value.(type) {
	case string:
		into[name] = value
	case []any:
		for i, element := range value {
			flatten(fmt.Sprintf("%s %d", name, i), element, into)
		}
	case map[string]any:
		for key, element := range value {
			if !alike[key] {
				flatten(name+" "+key, element, into)
			}
		}
	}
}

// asJSON returns a value as a decoder of JSON has it.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatal(err)
	}

	return decoded
}

var placeholder = regexp.MustCompile(`\{\{([^{}]+)\}\}`)

// fill puts the values of names in the place of "{{name}}".
func fill(t *testing.T, text string, names map[string]string) string {
	t.Helper()

	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		name := strings.Trim(found, "{}")
		value, ok := names[name]
		if !ok {
			t.Fatalf("nothing is called %q in %q", name, slices.Sorted(maps.Keys(names)))
		}

		return value
	})
}

// replacement says what stands now for each value of a recording; an error tells of a value that two objects share, if these differ
// now. Names without a value now are left out: what is recorded stays.
func replacement(recorded, now map[string]string) (map[string]string, error) {
	replaced := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		from := recorded[name]
		to, there := now[name]
		if !there {
			return nil, fmt.Errorf("the simulator has no %q, which was %s", name, from)
		}
		if before, twice := replaced[from]; twice && before != to {
			return nil, fmt.Errorf("%s stands for %s and, as %q, for %s", from, before, name, to)
		}
		replaced[from] = to
	}

	return replaced, nil
}

var (
	jsonText    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	privateText = regexp.MustCompile(`"private": "([A-Za-z0-9+/=]*)"`)
)

// replaceTexts replaces texts of a JSON document, which stays as it is otherwise.
func replaceTexts(document string, replaced map[string]string) string {
	return jsonText.ReplaceAllStringFunc(document, func(text string) string {
		var value string
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return text
		}
		to, ok := replaced[value]
		if !ok || to == value {
			return text
		}
		encoded, err := json.Marshal(to)
		if err != nil {
			return text
		}

		return string(encoded)
	})
}

// replaceState replaces texts of a state, also in the private data.
func replaceState(state string, replaced map[string]string) (string, error) {
	var failure error
	state = privateText.ReplaceAllStringFunc(state, func(found string) string {
		text := privateText.FindStringSubmatch(found)[1]
		values, err := private(text)
		if err != nil {
			failure = err

			return found
		}
		for key, value := range values {
			values[key] = []byte(replaceTexts(string(value), replaced))
		}
		encoded, err := json.Marshal(values)
		if err != nil {
			failure = err
		}

		return fmt.Sprintf(`"private": %q`, base64.StdEncoding.EncodeToString(encoded))
	})

	return replaceTexts(state, replaced), failure
}

// private decodes private data: what the framework stores, by key.
func private(text string) (map[string][]byte, error) {
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("private data: %w", err)
	}
	values := map[string][]byte{}
	if len(decoded) == 0 {
		return values, nil
	}
	if err := json.Unmarshal(decoded, &values); err != nil {
		return nil, fmt.Errorf("private data %s: %w", decoded, err)
	}

	return values, nil
}

// privateOf returns the private data of a state's one object, decoded.
func privateOf(t *testing.T, state string) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, found := range privateText.FindAllStringSubmatch(state, -1) {
		values, err := private(found[1])
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range values {
			var decoded any
			if err := json.Unmarshal(value, &decoded); err != nil {
				t.Fatalf("private data %s: %v", value, err)
			}
			all[key] = decoded
		}
	}

	return all
}
