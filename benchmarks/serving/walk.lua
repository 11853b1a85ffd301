-- wrk ... -s walk.lua URL -- FILE FIRST [AUTHORIZATION]: walks through the bodies of a file, one a line, again and again.
local requests, next_one = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  next_one = tonumber(args[2])
  if args[3] then wrk.headers["Authorization"] = args[3] end
  for line in io.lines(args[1]) do requests[#requests + 1] = wrk.format(nil, nil, nil, line) end
end

function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end
