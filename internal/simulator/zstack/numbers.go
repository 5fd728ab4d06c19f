package zstack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// floatNumbers writes every integer of a JSON text as Java writes a double.
func floatNumbers(encoded []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var body any
	if err := decoder.Decode(&body); err != nil {
		return nil, fmt.Errorf("read the answer's numbers: %w", err)
	}
	converted, err := json.Marshal(convertNumbers(body))
	if err != nil {
		return nil, fmt.Errorf("write the answer's numbers: %w", err)
	}

	return converted, nil
}

func convertNumbers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, element := range value {
			value[key] = convertNumbers(element)
		}

		return value
	case []any:
		for i, element := range value {
			value[i] = convertNumbers(element)
		}

		return value
	case json.Number:
		return json.RawMessage(javaDouble(value.String()))
	default:
		return value
	}
}

// firstScientific is the first number that Java's Double.toString writes with an exponent.
const firstScientific = 1e7

// javaDouble writes an integer as Java's Double.toString does: 1.0, 8.589934592E9. Other texts are unchanged.
func javaDouble(text string) string {
	integer, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	double := float64(integer)
	if math.Abs(double) < firstScientific {
		return text + ".0"
	}
	// Go writes 8.589934592E+09.
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(double, 'E', -1, 64), "E+")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}

	return mantissa + "E" + strings.TrimPrefix(exponent, "0")
}
