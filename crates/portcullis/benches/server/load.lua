-- wrk: the lines of the file that is the first argument are the bodies, one after the other; without a line it is GET.
local requests, turn = {}, 0

function init(arguments)
  local headers = { ["content-type"] = "application/json" }
  for name, value in pairs(wrk.headers) do headers[name] = value end
  for line in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, headers, line)
  end
  if #requests == 0 then requests[1] = wrk.format("GET", nil, wrk.headers) end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
