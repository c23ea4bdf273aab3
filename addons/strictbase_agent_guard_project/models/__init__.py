# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import project_task
from . import project_project
from . import project_task_type
